#include "host/report/html/waveform.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stemlathe::html {

namespace {

constexpr std::size_t kColumns = 600;
constexpr int kHalf = 50; ///< units from the middle line to the edge of the lane

/// Heights over the middle line, one per column, 0 .. kHalf.
std::vector<int> heights_of(std::vector<float> const& peak) {
    auto const columns = std::min(peak.size(), kColumns);
    std::vector<float> highest(columns, 0.0F);
    for (std::size_t i = 0; i < columns; ++i) {
        auto const from = i * peak.size() / columns;
        auto const to = (i + 1) * peak.size() / columns;
        for (auto k = from; k < to; ++k) {
            highest[i] = std::isfinite(peak[k]) ? std::max(highest[i], peak[k]) : highest[i];
        }
    }
    float const top = highest.empty() ? 0.0F : *std::ranges::max_element(highest);
    std::vector<int> heights(columns, 0);
    for (std::size_t i = 0; top > 0.0F && i < columns; ++i) {
        heights[i] = static_cast<int>(std::lround(highest[i] / top * static_cast<float>(kHalf)));
    }
    return heights;
}

/// Up over the heights from left to right, back under them: a closed outline of relative steps.
std::string outline(std::vector<int> const& heights) {
    if (heights.empty()) {
        return fmt::format("M0 {}h1", kHalf);
    }
    auto path = fmt::format("M0 {}l", kHalf);
    int at = 0;
    auto const step = [&](int by, int to) {
        path += fmt::format("{}{}{} ", by, at - to < 0 ? "" : " ", at - to);
        at = to;
    };
    step(0, heights.front());
    for (std::size_t i = 1; i < heights.size(); ++i) {
        step(1, heights[i]);
    }
    step(1, heights.back());
    step(0, -heights.back());
    step(-1, -heights.back());
    for (auto i = heights.size() - 1; i-- > 0;) {
        step(-1, -heights[i]);
    }
    path.back() = 'z';
    return path;
}

} // namespace

std::string waveform(std::vector<float> const& peak, std::string const& name) {
    auto const heights = heights_of(peak);
    return fmt::format(
        R"(<svg class="wave" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" )"
        R"(aria-label="Waveform of {}"><path d="M0 {}h{}"/><path d="{}"/></svg>)",
        std::max<std::size_t>(heights.size(), 1),
        2 * kHalf,
        name,
        kHalf,
        std::max<std::size_t>(heights.size(), 1),
        outline(heights)
    );
}

} // namespace stemlathe::html
