#pragma once

#include "kernels/base/host_device.hpp"
#include "kernels/mix/mix.hpp"

namespace stemlathe::mix {

/// What is added: interleaved values of each input, from the same frame on. Goes to kernels by
/// value.
struct Sources {
    float const* values[kMixInputsMax] = {};
    int inputs = 0;
};

/// One input more, in double: the sum is rounded once, when all are in. Inputs come in order.
STEMLATHE_HD double add(double sum, float value) noexcept {
    return sum + static_cast<double>(value);
}

} // namespace stemlathe::mix
