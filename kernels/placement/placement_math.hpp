#pragma once

#include "kernels/base/host_device.hpp"
#include "kernels/placement/placement.hpp"

#include <cmath>

namespace stemlathe::placement {

STEMLATHE_HD float left(StereoMatrix const& matrix, float left, float right) noexcept {
    return fmaf(matrix.ll, left, matrix.lr * right);
}

STEMLATHE_HD float right(StereoMatrix const& matrix, float left, float right) noexcept {
    return fmaf(matrix.rr, right, matrix.rl * left);
}

} // namespace stemlathe::placement
