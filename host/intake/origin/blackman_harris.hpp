#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace stemlathe {

/// The window of four terms whose side lobes lie at -92 dB, periodic.
/// Source: Harris, Proc. IEEE 66(1), 1978, table I.
[[nodiscard]] inline std::vector<float> blackman_harris(std::size_t size) {
    std::vector<float> shape(size);
    for (std::size_t n = 0; n < size; ++n) {
        double const turn =
            2.0 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(size);
        shape[n] = static_cast<float>(
            0.35875 - 0.48829 * std::cos(turn) + 0.14128 * std::cos(2.0 * turn) -
            0.01168 * std::cos(3.0 * turn)
        );
    }
    return shape;
}

} // namespace stemlathe
