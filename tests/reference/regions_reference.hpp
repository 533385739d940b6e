#pragma once

#include "tests/reference/equaliser_reference.hpp"

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

/// A region as the contract in regions.hpp gives it, over the whole song at once, in float64.
namespace stemlathe::reference {

struct Region {
    double start = 0.0; ///< frames
    double end = 0.0;
    double fade = 0.0;
    double gain = 1.0; ///< linear
};

/// @param taps  of the region's equaliser; {1} for none
inline std::vector<float>
region(std::span<float const> input, Region const& region, std::vector<float> const& taps) {
    auto const wet = convolve(input, taps);
    std::vector<float> output(input.begin(), input.end());
    for (std::size_t i = 0; i < output.size(); ++i) {
        auto const n = static_cast<double>(i / 2);
        double const distance = std::max({region.start - n, n - region.end, 0.0});
        double weight = 1.0;
        if (distance > 0.0) {
            weight = distance < region.fade
                         ? std::pow(std::cos(std::numbers::pi / 2.0 * distance / region.fade), 2.0)
                         : 0.0;
        }
        output[i] = static_cast<float>((1.0 - weight) * input[i] + weight * region.gain * wet[i]);
    }
    return output;
}

} // namespace stemlathe::reference
