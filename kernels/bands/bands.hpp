#pragma once

#include <vector>

namespace stemlathe {

/// Linear-phase band split that sums back to its input: raised-cosine masks on log frequency, the
/// last band is the input minus the others. Source: masks as a partition of unity, H_k(f) = (1 -
/// sin(pi u / 2w)) / 2, u = log2(f / f_k), |u| <= w.
struct BandSplitSettings {
    int rate_hz = 48'000;
    std::vector<double> crossovers_hz; ///< 1..7, strictly rising, 40 Hz .. 0.4 rate
    double width_octaves = 0.5;        ///< half width w of each transition
};

} // namespace stemlathe
