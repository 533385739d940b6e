#pragma once

#include "host/report/report.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"
#include "service/cli/arguments.hpp"

#include <memory>
#include <optional>
#include <string>

namespace stemlathe::service {

/// What every command that computes can be told; contract section 2. Text until asked for.
struct CommonOptions {
    std::string device = "auto";
    std::string threads{};
    std::string segment_frames{};
    std::string scratch{};
    std::string from{};
    std::string to{};
    bool json = false;
    bool quiet = false;

    /// --json, --quiet and --threads.
    void declare_small(Arguments& arguments);
    /// All of them.
    void declare(Arguments& arguments);

    /// Default: as many as the machine runs at once.
    [[nodiscard]] int thread_count() const;
    /// 0: the backend's own.
    [[nodiscard]] std::int64_t segment() const;
    [[nodiscard]] std::optional<PreviewRange> preview() const;
    [[nodiscard]] std::unique_ptr<Backend> open_backend() const;
    /// Sets what `run` takes from here. @throws Failure{invalid_argument} --scratch is no folder
    void apply_to(Run& run) const;
};

} // namespace stemlathe::service
