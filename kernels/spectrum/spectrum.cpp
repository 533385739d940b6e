#include "kernels/base/erb.hpp"
#include "kernels/base/range.hpp"
#include "kernels/base/units.hpp"
#include "kernels/spectrum/spectrum_math.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace stemlathe {

namespace {

constexpr int kRateMin_hz = 8'000;
constexpr int kRateMax_hz = 192'000;
constexpr std::int64_t kHopFrames = 512; ///< at 44.1 and 48 kHz, as the sizes below
constexpr double kLine_cam = 0.1;        ///< a line is narrower

/// Windows for frequencies from `low_hz` to just below `high_hz`.
struct Resolution {
    double low_hz = 0.0;
    double high_hz = 0.0;
    std::int64_t size = 0;
    std::int64_t windows = 1;
};

constexpr std::array<Resolution, 4> kResolutions{
    {{.low_hz = 20.0, .high_hz = 500.0, .size = 4096},
     {.low_hz = 500.0, .high_hz = 1'250.0, .size = 2048},
     {.low_hz = 1'250.0, .high_hz = 4'050.0, .size = 1024},
     // Windows as long as a hop would leave out what happens between two of them.
     {.low_hz = 4'050.0, .high_hz = 15'000.0, .size = 512, .windows = 2}}};

/// Adds the lines of a region, each as many bins as it has room for.
void add_lines(spectrum::Region& region, int rate_hz, spectrum::Design& design) {
    double const spacing_hz = static_cast<double>(rate_hz) / static_cast<double>(region.size);
    auto const hz = [&](std::int64_t bin) {
        return static_cast<double>(bin) * spacing_hz;
    };
    auto const end = region.first_bin + region.bins;
    auto const number = static_cast<int>(design.regions.size());
    region.first_line = design.line_count();
    for (auto first = region.first_bin; first < end;) {
        auto next = first + 1;
        while (next < end && cam_of_hz(hz(next)) - cam_of_hz(hz(first)) < kLine_cam) {
            ++next;
        }
        design.lines.push_back({.hz = (hz(first) + hz(next - 1)) / 2.0, .region = number});
        design.bins.push_back(
            {.first = static_cast<std::int32_t>(first),
             .count = static_cast<std::int32_t>(next - first)}
        );
        first = next;
    }
    region.lines = design.line_count() - region.first_line;
}

} // namespace

std::int64_t spectrum_hop_frames(SpectrumSettings const& settings) {
    return spectrum::design(settings).hop_frames;
}

std::vector<SpectrumLine> spectrum_lines(SpectrumSettings const& settings) {
    return spectrum::design(settings).lines;
}

namespace spectrum {

Design design(SpectrumSettings const& settings) {
    require_in_range("spectrum: rate_hz", settings.rate_hz, kRateMin_hz, kRateMax_hz);
    auto const family = rate_family(settings.rate_hz);
    Design design{
        .hop_frames = kHopFrames * family, .rows = settings.cross ? 2 * kChannels : kChannels};
    for (auto const& resolution : kResolutions) {
        Region region{.size = resolution.size * family, .windows = resolution.windows};
        // The first bin at or above a frequency.
        auto const bin_from = [&](double hz) {
            return static_cast<std::int64_t>(
                std::ceil(hz * static_cast<double>(region.size) / settings.rate_hz)
            );
        };
        region.first_bin = bin_from(resolution.low_hz);
        region.bins = std::min(bin_from(resolution.high_hz), region.size / 2) - region.first_bin;
        if (region.bins > 0) {
            add_lines(region, settings.rate_hz, design);
            design.reach_frames = std::max(design.reach_frames, -region.start(0));
            design.regions.push_back(region);
        }
    }
    return design;
}

std::vector<float> window_of(Region const& region) {
    std::vector<double> window(static_cast<std::size_t>(region.size));
    double squares = 0.0;
    for (std::size_t n = 0; n < window.size(); ++n) {
        double const turn = static_cast<double>(n) / static_cast<double>(region.size);
        window[n] = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * turn);
        squares += window[n] * window[n];
    }
    double const scale =
        1.0 / std::sqrt(2.0 * static_cast<double>(region.size * region.windows) * squares);
    std::vector<float> scaled(window.size());
    std::ranges::transform(window, scaled.begin(), [&](double value) {
        return static_cast<float>(value * scale);
    });
    return scaled;
}

} // namespace spectrum

} // namespace stemlathe
