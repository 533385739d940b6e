#pragma once

#include "host/pipeline/admit.hpp"
#include "host/report/report.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"

#include <chrono>

namespace stemlathe {

using JobClock = std::chrono::steady_clock;

/// Sets the length that progress is measured against, and the segment where nobody chose one.
void choose_segments(Run& run, Backend const& backend, Admitted const& admitted);

/// What is known of a job once its stems were surveyed: session, intake, stems, mix.
[[nodiscard]] MasteringReport
report_of(Admitted const& admitted, Survey surveyed, MasterJob const& job);

/// Who computed, and what it took since `start`.
void sign(
    MasteringReport& report, Backend const& backend, Run const& run, JobClock::time_point start
);

} // namespace stemlathe
