#include "host/run.hpp"

#include "kernels/base/failure.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace {

constexpr std::chrono::milliseconds kReportEvery{100};

double seconds_between(
    std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to
) {
    return std::chrono::duration<double>(to - from).count();
}

} // namespace

Run::Run(Tasks& tasks, std::stop_token stop, ProgressSink sink)
    : tasks_(tasks), stop_(std::move(stop)), sink_(std::move(sink)) {}

void Run::check_stop() const {
    if (stop_.stop_requested()) {
        throw Failure{Code::cancelled, "stopped on request; nothing half-written was left"};
    }
}

void Run::begin(std::string_view stage, double percent) {
    check_stop();
    end();
    std::lock_guard const lock{mutex_};
    stage_ = stage;
    stage_percent_ = percent;
    stage_start_ = Clock::now();
    report(0.0);
}

void Run::end() {
    std::lock_guard const lock{mutex_};
    if (!stage_.empty()) {
        times_.push_back({stage_, seconds_between(stage_start_, Clock::now())});
        base_percent_ = std::min(100.0, base_percent_ + stage_percent_);
        stage_.clear();
    }
}

void Run::advance(std::int64_t done, std::int64_t total) {
    check_stop();
    std::lock_guard const lock{mutex_};
    auto const now = Clock::now();
    if (now - last_report_ >= kReportEvery) {
        last_report_ = now;
        report(total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1.0);
    }
}

void Run::report(double stage_fraction) {
    if (!sink_) {
        return;
    }
    double const percent = base_percent_ + stage_percent_ * std::clamp(stage_fraction, 0.0, 1.0);
    shown_percent_ = std::max(shown_percent_, std::min(percent, 100.0));
    double const elapsed_s = seconds_between(start_, Clock::now());
    double const fraction = shown_percent_ / 100.0;
    sink_(Progress{
        .stage = stage_,
        .percent = shown_percent_,
        .x_realtime = elapsed_s > 0.0 ? audio_s * fraction / elapsed_s : 0.0,
        .eta_s = fraction > 0.0 ? elapsed_s * (1.0 - fraction) / fraction : 0.0});
}

} // namespace stemlathe
