#include "kernels/base/erb.hpp"
#include "kernels/base/range.hpp"
#include "kernels/base/units.hpp"
#include "kernels/spectrum/spectrum_math.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <numbers>

namespace stemlathe {

namespace {

constexpr int kRateMin_hz = 8'000;
constexpr int kRateMax_hz = 192'000;
constexpr std::int64_t kHopFrames = 512;           ///< at 44.1 and 48 kHz, as the sizes below
constexpr double kLine_cam = 0.1;                  ///< a line is narrower
constexpr std::int64_t kHalvingReach_frames = 256; ///< of three halvings of the rate, and some

/// Windows for frequencies from `low_hz` to just below `high_hz`, half as long as the ones before.
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

/// Over how many of its bins below its low edge a resolution takes over from the one before. Both
/// fade along straight lines that add up to 1 and have their corners on bins of both: so noise
/// keeps its power, and a tone, which is as wide as this, within 0.1 dB.
constexpr std::int64_t kFadeBins = 4;

/// Bins of a resolution at a rate.
struct Extent {
    std::int64_t first = 0; ///< that has a line of its own
    std::int64_t end = 0;
    bool goes_on = false; ///< in the next resolution, whose first bin is where bin `end` is
};

Extent extent_of(std::size_t number, int rate_hz) {
    auto const size = [&](std::size_t of) {
        return kResolutions[of].size * rate_family(rate_hz);
    };
    // The first bin at or above a frequency.
    auto const bin_from = [&](std::size_t of, double hz) {
        return static_cast<std::int64_t>(std::ceil(hz * static_cast<double>(size(of)) / rate_hz));
    };
    auto const& resolution = kResolutions[number];
    Extent extent{
        .first = bin_from(number, resolution.low_hz),
        .end = std::min(bin_from(number, resolution.high_hz), size(number) / 2)};
    if (auto const next = number + 1; next < kResolutions.size()) {
        auto const first_of_next = bin_from(next, resolution.high_hz);
        extent.goes_on = first_of_next < size(next) / 2;
        extent.end = extent.goes_on ? 2 * first_of_next : extent.end;
    }
    return extent;
}

/// How the bins from the region's first on count.
std::vector<float> fades_of(spectrum::Region const& region, Extent const& extent) {
    auto const share = [](std::int64_t bins, std::int64_t of) {
        return static_cast<float>(std::min(bins, of)) / static_cast<float>(of);
    };
    std::vector<float> fades;
    for (auto bin = region.first_bin; bin < extent.end; ++bin) {
        float const in = share(bin - extent.first + kFadeBins, kFadeBins);
        float const out = extent.goes_on ? share(extent.end - bin, 2 * kFadeBins) : 1.0F;
        fades.push_back(std::min(in, out));
    }
    return fades;
}

/// Adds the bins under `own_first` to the lines that are there already.
void add_leads(spectrum::Region& region, std::int64_t own_first, spectrum::Design& design) {
    region.first_lead = static_cast<std::int64_t>(design.leads.size());
    for (auto bin = static_cast<std::int32_t>(region.first_bin); bin < own_first; ++bin) {
        auto const same = 2 * bin; // of the longer windows
        auto line = static_cast<std::int32_t>(design.line_count()) - 1;
        while (design.bins[static_cast<std::size_t>(line)].first > same) {
            --line;
        }
        if (region.leads > 0 && design.leads.back().line == line) {
            ++design.leads.back().bins.count;
        } else {
            design.leads.push_back({.bins = {.first = bin, .count = 1}, .line = line});
            ++region.leads;
        }
    }
}

/// Adds the region's own lines, each as many bins as it has room for.
void add_lines(
    spectrum::Region& region, Extent const& extent, int rate_hz, spectrum::Design& design
) {
    double const spacing_hz = static_cast<double>(rate_hz) / static_cast<double>(region.size);
    auto const hz = [&](std::int64_t bin) {
        return static_cast<double>(bin) * spacing_hz;
    };
    auto const number = static_cast<int>(design.regions.size());
    region.first_line = design.line_count();
    for (auto first = extent.first; first < extent.end;) {
        auto next = first + 1;
        while (next < extent.end && cam_of_hz(hz(next)) - cam_of_hz(hz(first)) < kLine_cam) {
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
    for (std::size_t number = 0; number < kResolutions.size(); ++number) {
        auto const extent = extent_of(number, settings.rate_hz);
        if (extent.first >= extent.end) {
            break;
        }
        auto const& resolution = kResolutions[number];
        auto const first_bin = number == 0 ? extent.first : extent.first - kFadeBins + 1;
        Region region{
            .size = resolution.size * family,
            .windows = resolution.windows,
            .first_bin = first_bin,
            .bins = extent.end - first_bin,
            .first_fade = static_cast<std::int64_t>(design.fades.size())};
        std::ranges::copy(fades_of(region, extent), std::back_inserter(design.fades));
        add_leads(region, extent.first, design);
        add_lines(region, extent, settings.rate_hz, design);
        design.reach_frames = std::max(design.reach_frames, kHalvingReach_frames - region.start(0));
        design.regions.push_back(region);
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
