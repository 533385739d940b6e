#pragma once

#include <cmath>
#include <numbers>
#include <vector>

/// The masks of the band split, as the contract in bands.hpp gives them, in float64.
namespace stemlathe::reference {

/// Magnitude that band `index` of `crossovers_hz.size() + 1` should have at `hz`: a partition of
/// unity, made of cosines in log frequency.
inline double band_magnitude(
    std::vector<double> const& crossovers_hz, double width_octaves, std::size_t index, double hz
) {
    auto const low_pass = [&](double crossover_hz) {
        double const position = std::log(hz / crossover_hz) / std::log(2.0) / width_octaves;
        if (position < -1.0 || position > 1.0) {
            return position < 0.0 ? 1.0 : 0.0;
        }
        double const cosine = std::cos(std::numbers::pi / 4.0 * (position + 1.0));
        return cosine * cosine;
    };
    double const upper = index < crossovers_hz.size() ? low_pass(crossovers_hz[index]) : 1.0;
    double const lower = index > 0 ? low_pass(crossovers_hz[index - 1]) : 0.0;
    return upper - lower;
}

} // namespace stemlathe::reference
