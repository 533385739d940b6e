#pragma once

#include <vector>

namespace stemlathe {

/// Linear-phase band split that sums back to its input: raised-cosine masks on log frequency, the
/// last band is the input minus the others. Source: masks as a partition of unity, H_k(f) = (1 -
/// sin(pi u / 2w)) / 2, u = log2(f / f_k), |u| <= w.
struct BandSplitSettings {
    int rate_hz = 48'000;
    std::vector<double> crossovers_hz{}; ///< 1..7, strictly rising, 40 Hz .. 0.4 rate
    double width_octaves = 0.5;          ///< half width w of each transition, 0.25 .. 2
};

/// The filters of all bands but the last, which is the input minus the others.
struct BandFilters {
    std::vector<std::vector<float>> taps{}; ///< [bands - 1], centred, an odd count below `length`
    int length = 0; ///< the power of two that they fit in: 4096..65536 times the rate family
};

/// Chooses the smallest length at which the stop-bands (half an octave and more outside a
/// transition) lie at -95 dB or lower and the crossovers at -6.02 +- 0.05 dB.
/// @throws Failure{invalid_plan} a value is out of range
[[nodiscard]] BandFilters design_bands(BandSplitSettings const& settings);

} // namespace stemlathe
