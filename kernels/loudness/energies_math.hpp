#pragma once

#include "kernels/base/host_device.hpp"
#include "kernels/loudness/energies.hpp"

#include <cmath>
#include <cstdint>

namespace stemlathe::loudness {

/// K-weighting at one rate: a shelf and a high-pass whose numerator is 1, -2, 1; what that leaves
/// out in level is in `power`, by which energies are multiplied.
struct KWeighting {
    double b0 = 0.0;
    double b1 = 0.0;
    double b2 = 0.0;
    double a1 = 0.0; ///< of the shelf
    double a2 = 0.0;
    double c1 = 0.0; ///< of the high-pass
    double c2 = 0.0;
    double power = 1.0;
};

/// The filters of ITU-R BS.1770-5 Annex 1 tables 1 and 2 at any rate, from the analogue prototype
/// that gives those tables at 48 kHz. The high-pass keeps its 48 kHz level at every rate (Annex 1:
/// "the same frequency response"), where the numerator of table 2 alone would be 0.02 dB low at 96
/// kHz.
[[nodiscard]] KWeighting k_weighting(int rate_hz);

/// Memory of the two filters.
template <typename Number>
struct KState {
    Number shelf_1{};
    Number shelf_2{};
    Number pass_1{};
    Number pass_2{};
};

/// The coefficients as the numbers that the filter runs on.
template <typename Number>
struct KCoefficients {
    Number b0{};
    Number b1{};
    Number b2{};
    Number minus_a1{};
    Number minus_a2{};
    Number minus_c1{};
    Number minus_c2{};
    Number minus_two{};
};

/// One frame through both filters, transposed direct form II.
template <typename Number>
STEMLATHE_HD Number
k_weight(Number x, KState<Number>& state, KCoefficients<Number> const& coefficients) {
    using std::fma;
    Number const shelved = fma(coefficients.b0, x, state.shelf_1);
    state.shelf_1 = fma(coefficients.minus_a1, shelved, fma(coefficients.b1, x, state.shelf_2));
    state.shelf_2 = fma(coefficients.minus_a2, shelved, coefficients.b2 * x);
    Number const passed = shelved + state.pass_1;
    state.pass_1 =
        fma(coefficients.minus_c1, passed, fma(coefficients.minus_two, shelved, state.pass_2));
    state.pass_2 = fma(coefficients.minus_c2, passed, shelved);
    return passed;
}

/// How a song is cut into hops. Hop h is frames [start(h), start(h + 1)).
struct Hops {
    std::int64_t rate_hz = 0;
    std::int64_t hop_ms = 0;

    [[nodiscard]] STEMLATHE_HD std::int64_t start(std::int64_t hop) const {
        return (hop * hop_ms * rate_hz + 500) / 1000;
    }

    /// Frames that the filter runs over before a hop: 100 ms, rounded up.
    [[nodiscard]] STEMLATHE_HD std::int64_t warm_up_frames() const {
        return (rate_hz + 9) / 10;
    }

    /// The shortest hop; the longest has one frame more at most.
    [[nodiscard]] STEMLATHE_HD std::int64_t shortest_frames() const {
        return hop_ms * rate_hz / 1000;
    }
};

/// @throws Failure{invalid_plan} where a setting is out of range
void check(EnergySettings const& settings);

} // namespace stemlathe::loudness
