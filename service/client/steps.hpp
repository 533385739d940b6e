#pragma once

#include "host/run.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace stemlathe::service {

/// Tells how far a job over the network is, in the words of ProgressLine; at most ten times a
/// second within a step.
class Steps {
  public:
    /// @param whole  percent at which the job ends, so that a part of it can be all of it
    Steps(ProgressSink sink, double whole);

    /// @param from, to  the step's share, in percent
    /// @param fraction  of the step, 0..1
    void show(std::string_view step, double from, double to, double fraction);

  private:
    using Clock = std::chrono::steady_clock;

    ProgressSink sink_;
    double whole_;
    std::string step_;
    double percent_ = 0.0;
    double step_percent_ = 0.0; ///< where the step began
    Clock::time_point step_start_{};
    Clock::time_point last_{};
};

} // namespace stemlathe::service
