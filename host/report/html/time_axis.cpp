#include "host/report/html/time_axis.hpp"

#include "host/report/html/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stemlathe::html {

namespace {

/// The smallest pleasant step that needs at most eight of itself.
double time_step(double duration_s) {
    constexpr std::array<double, 13> kSteps{
        0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 3600.0};
    auto const step = std::find_if(kSteps.begin(), kSteps.end(), [&](double candidate) {
        return duration_s / candidate <= 8.0;
    });
    return step != kSteps.end() ? *step : kSteps.back();
}

} // namespace

double shown_s(MasteringReport const& report) {
    double longest_s = 0.0;
    for (auto const& delivery : report.deliveries) {
        longest_s = std::max(longest_s, delivery.reading.duration_s);
    }
    return longest_s > 0.0 ? longest_s : report.duration_s;
}

std::string time_labels(double duration_s) {
    double const step = time_step(duration_s);
    std::string out = R"(<div class="times" aria-hidden="true">)";
    for (int i = 0; i * step <= duration_s; ++i) {
        double const at = i * step;
        auto const text = step < 1.0 ? fmt::format("{:.1f} s", at) : clock(at);
        out += fmt::format(
            R"(<span class="{}{}" style="left:{:.2f}%">{}</span>)",
            i % 2 == 0 ? "even" : "odd",
            at > 0.97 * duration_s ? " end" : "",
            100.0 * at / duration_s,
            text
        );
    }
    return out + "</div>";
}

std::string time_lines(double duration_s, double width, double height) {
    double const step = time_step(duration_s);
    std::string out;
    for (int i = 1; i * step < duration_s; ++i) {
        double const x = i * step / duration_s * width;
        out += fmt::format(R"(<path class="grid" d="M{0:.1f},0V{1:.0f}"/>)", x, height);
    }
    return out;
}

TimeAxis time_axis(MasteringReport const& report) {
    return {.from_s = report.preview ? report.preview->from_s : 0.0, .duration_s = shown_s(report)};
}

double percent_of(double seconds, TimeAxis const& axis) {
    return 100.0 * std::clamp((seconds - axis.from_s) / axis.duration_s, 0.0, 1.0);
}

} // namespace stemlathe::html
