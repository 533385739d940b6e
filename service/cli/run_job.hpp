#pragma once

#include "host/run.hpp"
#include "kernels/backend.hpp"
#include "service/cli/common_options.hpp"
#include "service/cli/progress_line.hpp"
#include "service/cli/stop_signals.hpp"

namespace stemlathe::service {

/// job(backend, run) with the device, threads, scratch space and progress that were asked for;
/// Ctrl-C stops it. The progress line is gone when it returns.
template <typename Job>
[[nodiscard]] auto run_job(CommonOptions const& options, Job const& job) {
    StopSignals const signals;
    ProgressLine progress{options.quiet};
    Tasks tasks{options.thread_count()};
    Run run{tasks, signals.token(), progress.sink()};
    options.apply_to(run);
    auto const backend = options.open_backend();
    auto result = job(*backend, run);
    progress.clear();
    return result;
}

} // namespace stemlathe::service
