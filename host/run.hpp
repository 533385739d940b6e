#pragma once

#include "host/tasks.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe {

/// How far a job is, for people who wait.
struct Progress {
    std::string stage;       ///< "survey", "render", ...
    double percent = 0.0;    ///< of the whole job, 0..100, never falls
    double x_realtime = 0.0; ///< song seconds per second so far, over the whole job
    double eta_s = 0.0;
};

using ProgressSink = std::function<void(Progress const&)>;

struct StageTime {
    std::string name;
    double wall_s = 0.0;
};

/// What a job needs around it: progress, the wish to stop, threads, scratch space and the clock of
/// its stages.
class Run {
  public:
    Run(Tasks& tasks, std::stop_token stop, ProgressSink sink);

    /// Ends the stage before and begins `stage`, whose share of the whole job is `percent`.
    /// @throws Failure{cancelled}
    void begin(std::string_view stage, double percent);

    /// Ends the last stage.
    void end();

    /// Reports `done` of `total` of the stage (frames, files, ...). May be called from several
    /// threads.
    /// @throws Failure{cancelled} when somebody asked to stop
    void advance(std::int64_t done, std::int64_t total);

    /// @throws Failure{cancelled} when somebody asked to stop
    void check_stop() const;

    /// For work that watches for itself whether somebody asked to stop.
    [[nodiscard]] std::stop_token const& stop() const noexcept {
        return stop_;
    }

    /// The whole crew, for parts that do not share a stage.
    [[nodiscard]] Tasks& tasks() const noexcept {
        return tasks_;
    }

    /// The crew for the stages of one segment: the caller alone where a backend orders its work by
    /// thread.
    [[nodiscard]] Tasks& stage_tasks(int stage_threads) noexcept {
        return stage_threads > 1 ? tasks_ : alone_;
    }

    [[nodiscard]] std::vector<StageTime> const& times() const noexcept {
        return times_;
    }

    std::filesystem::path scratch_directory;
    std::int64_t segment_frames = 0; ///< 0: the backend's own
    double audio_s = 0.0;            ///< length of the song, for x realtime

  private:
    using Clock = std::chrono::steady_clock;

    void report(double stage_fraction);

    Tasks& tasks_;
    Tasks alone_{1};
    std::stop_token stop_;
    ProgressSink sink_;
    std::mutex mutex_;
    Clock::time_point const start_ = Clock::now();
    Clock::time_point stage_start_ = start_;
    Clock::time_point last_report_ = start_;
    std::string stage_;
    double base_percent_ = 0.0;
    double stage_percent_ = 0.0;
    double shown_percent_ = 0.0;
    std::vector<StageTime> times_;
};

} // namespace stemlathe
