#pragma once

#include "kernels/base/host_device.hpp"
#include "kernels/mix/mix.hpp"

#include <cstdint>

namespace stemlathe::mix {

/// What is added: interleaved values of each input, from the same frame on. Goes to kernels by
/// value.
struct Sources {
    float const* values[kMixInputsMax] = {};
    int inputs = 0;
};

/// Values [first, first + kLanes) of the sum, in the order of the inputs.
template <int kLanes>
STEMLATHE_HD void sum(Sources const& sources, std::int64_t first, float* output) noexcept {
    double sums[kLanes] = {};
    for (int input = 0; input < sources.inputs; ++input) {
        float const* const values = sources.values[input] + first;
        for (int lane = 0; lane < kLanes; ++lane) {
            sums[lane] += static_cast<double>(values[lane]);
        }
    }
    for (int lane = 0; lane < kLanes; ++lane) {
        output[first + lane] = static_cast<float>(sums[lane]);
    }
}

} // namespace stemlathe::mix
