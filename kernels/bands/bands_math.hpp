#pragma once

#include <cmath>
#include <numbers>

namespace stemlathe::bands {

/// Low-pass mask around a crossover, from 1 to 0 within `width_octaves` on either side: half a
/// period of a raised cosine on log frequency. See BandSplitSettings.
[[nodiscard]] inline double mask(double hz, double crossover_hz, double width_octaves) noexcept {
    double const octaves = std::log2(hz / crossover_hz); // minus infinity at 0 Hz
    if (octaves <= -width_octaves) {
        return 1.0;
    }
    if (octaves >= width_octaves) {
        return 0.0;
    }
    return 0.5 - 0.5 * std::sin(0.5 * std::numbers::pi * octaves / width_octaves);
}

} // namespace stemlathe::bands
