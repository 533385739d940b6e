#include "service/client/steps.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::chrono::milliseconds kBetween{100};
constexpr double kAll_percent = 100.0;

} // namespace

Steps::Steps(ProgressSink sink, double whole) : sink_(std::move(sink)), whole_(whole) {}

void Steps::show(std::string_view step, double from, double to, double fraction) {
    if (!sink_) {
        return;
    }
    auto const now = Clock::now();
    auto const percent = (from + (to - from) * std::clamp(fraction, 0.0, 1.0)) * 100.0 / whole_;
    percent_ = std::clamp(percent, percent_, kAll_percent);
    bool const is_new = step != step_;
    if (is_new) {
        step_ = step;
        step_start_ = now;
        step_percent_ = percent_;
    } else if (now - last_ < kBetween && fraction < 1.0) {
        return;
    }
    last_ = now;
    double const spent_s = std::chrono::duration<double>(now - step_start_).count();
    double const done = percent_ - step_percent_;
    double const left = to * 100.0 / whole_ - percent_;
    sink_(
        {.stage = step_,
         .percent = percent_,
         .x_realtime = 0.0,
         .eta_s = done > 0.0 && spent_s > 1.0 ? spent_s * left / done : 0.0}
    );
}

} // namespace stemlathe::service
