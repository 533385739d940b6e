#include "service/cli/progress_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace stemlathe::service {

namespace {

constexpr double kPlainStep_percent = 10.0;
constexpr char const* kStartOfLine = "\r\x1b[K";

std::string duration_text(double seconds) {
    auto const whole = static_cast<long>(std::ceil(seconds));
    return whole < 60 ? fmt::format("{} s", whole)
                      : fmt::format("{}:{:02} min", whole / 60, whole % 60);
}

} // namespace

std::string progress_text(Progress const& progress) {
    std::string text = fmt::format("{:<12}{:3.0f} %", progress.stage, progress.percent);
    if (progress.x_realtime > 0.0) {
        text += fmt::format("  {:.0f}x realtime", progress.x_realtime);
    }
    if (progress.eta_s > 0.0) {
        text += fmt::format("  {} left", duration_text(progress.eta_s));
    }
    return text;
}

ProgressLine::ProgressLine(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
    clear();
}

ProgressSink ProgressLine::sink() {
    if (quiet_) {
        return {};
    }
    return [this](Progress const& progress) {
        show(progress);
    };
}

void ProgressLine::clear() {
    if (shown_ && terminal_) {
        std::fputs(kStartOfLine, stderr);
        shown_ = false;
    }
}

void ProgressLine::show(Progress const& progress) {
    if (terminal_) {
        fmt::print(stderr, "{}{}", kStartOfLine, progress_text(progress));
        std::fflush(stderr);
        shown_ = true;
        return;
    }
    if (progress.stage != last_stage_ || progress.percent >= last_percent_ + kPlainStep_percent) {
        last_stage_ = progress.stage;
        last_percent_ = progress.percent;
        fmt::print(stderr, "{}\n", progress_text(progress));
    }
}

} // namespace stemlathe::service
