#include "host/report/html/frequency_axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace stemlathe::html {

double band_position(std::vector<double> const& bands_hz, double hz) {
    double const inside = std::clamp(hz, bands_hz.front(), bands_hz.back());
    auto const above = std::upper_bound(bands_hz.begin() + 1, bands_hz.end() - 1, inside);
    auto const below = above - 1;
    double const part = std::log(inside / *below) / std::log(*above / *below);
    return static_cast<double>(below - bands_hz.begin()) + part;
}

std::vector<FrequencyTick> frequency_ticks(double low_hz, double high_hz) {
    constexpr std::array<double, 9> kTicks{
        20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10'000.0};
    std::vector<FrequencyTick> out;
    for (double const hz : kTicks) {
        if (hz >= low_hz && hz <= high_hz) {
            out.push_back(
                {hz, hz >= 1000.0 ? fmt::format("{:.0f}k", hz / 1000.0) : fmt::format("{:.0f}", hz)}
            );
        }
    }
    return out;
}

} // namespace stemlathe::html
