#pragma once

#include "kernels/base/host_device.hpp"

/// Squared magnitudes of the analogue prototypes, as functions of w2 = (f / f0)^2 >= 0. `a` is the
/// amplitude 10^(gain_db / 40).
/// Source: R. Bristow-Johnson, Cookbook formulae for audio equalizer biquad filter coefficients,
/// the H(s) of each type with s = j w.
namespace stemlathe::equaliser {

STEMLATHE_HD constexpr double square(double x) noexcept {
    return x * x;
}

/// H(s) = (s^2 + s A/Q + 1) / (s^2 + s / (A Q) + 1)
STEMLATHE_HD constexpr double bell_power(double w2, double a, double q) noexcept {
    return (square(1.0 - w2) + w2 * square(a / q)) / (square(1.0 - w2) + w2 / square(a * q));
}

/// H(s) = A (s^2 + sqrt(A)/Q s + A) / (A s^2 + sqrt(A)/Q s + 1)
STEMLATHE_HD constexpr double low_shelf_power(double w2, double a, double q) noexcept {
    double const damping = w2 * a / square(q);
    return square(a) * (square(a - w2) + damping) / (square(1.0 - a * w2) + damping);
}

/// H(s) = A (A s^2 + sqrt(A)/Q s + 1) / (s^2 + sqrt(A)/Q s + A)
STEMLATHE_HD constexpr double high_shelf_power(double w2, double a, double q) noexcept {
    double const damping = w2 * a / square(q);
    return square(a) * (square(1.0 - a * w2) + damping) / (square(a - w2) + damping);
}

/// H(s) = (s^2 + 1) / (s^2 + s/Q + 1)
STEMLATHE_HD constexpr double notch_power(double w2, double q) noexcept {
    return square(1.0 - w2) / (square(1.0 - w2) + w2 / square(q));
}

/// w2^order
STEMLATHE_HD constexpr double raised(double w2, int order) noexcept {
    double power = 1.0;
    for (int i = 0; i < order; ++i) {
        power *= w2;
    }
    return power;
}

/// Butterworth: 1 / (1 + w^2n). Source: S. Butterworth, On the Theory of Filter Amplifiers, 1930.
STEMLATHE_HD constexpr double low_pass_power(double w2, int order) noexcept {
    return 1.0 / (1.0 + raised(w2, order));
}

STEMLATHE_HD constexpr double high_pass_power(double w2, int order) noexcept {
    return raised(w2, order) / (1.0 + raised(w2, order));
}

static_assert(bell_power(1.0, 2.0, 3.0) == 16.0);      // the gain at the centre
static_assert(low_shelf_power(0.0, 2.0, 1.0) == 16.0); // the gain at 0 Hz
static_assert(high_shelf_power(0.0, 2.0, 1.0) == 1.0); // nothing there
static_assert(notch_power(1.0, 5.0) == 0.0);           // nothing left
static_assert(low_pass_power(1.0, 4) == 0.5);          // -3 dB at the corner
static_assert(high_pass_power(0.0, 1) == 0.0);

} // namespace stemlathe::equaliser
