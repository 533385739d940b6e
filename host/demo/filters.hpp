#pragma once

#include <cmath>
#include <numbers>

namespace stemlathe::demo {

/// Second-order filter with low-, band- and high-pass outputs, safe to retune while it runs.
/// Source: Simper, "Linear trapezoidal integrated SVF", Cytomic technical paper, 2013.
class StateFilter {
  public:
    struct Outputs {
        double low = 0.0;
        double band = 0.0; ///< 0 dB at the centre
        double high = 0.0;
    };

    /// @param hz  held below 0.45 rate
    /// @param q   resonance; bandwidth is hz / q
    void tune(double hz, double q, double rate_hz) noexcept {
        double const g = std::tan(std::numbers::pi * std::fmin(hz / rate_hz, 0.45));
        damping_ = 1.0 / q;
        a1_ = 1.0 / (1.0 + g * (g + damping_));
        a2_ = g * a1_;
        a3_ = g * a2_;
    }

    [[nodiscard]] Outputs next(double input) noexcept {
        double const v3 = input - state_2_;
        double const v1 = a1_ * state_1_ + a2_ * v3;
        double const v2 = state_2_ + a2_ * state_1_ + a3_ * v3;
        state_1_ = 2.0 * v1 - state_1_;
        state_2_ = 2.0 * v2 - state_2_;
        return {v2, damping_ * v1, input - damping_ * v1 - v2};
    }

  private:
    double damping_ = 1.0;
    double a1_ = 0.0;
    double a2_ = 0.0;
    double a3_ = 0.0;
    double state_1_ = 0.0;
    double state_2_ = 0.0;
};

/// What is left of a value each step when it falls to 1/e in `seconds`.
[[nodiscard]] inline double decay_factor(double seconds, double steps_per_s) noexcept {
    return std::exp(-1.0 / (seconds * steps_per_s));
}

/// First-order low-pass.
class Smoother {
  public:
    void tune(double seconds, double steps_per_s) noexcept {
        keep_ = decay_factor(seconds, steps_per_s);
    }

    void tune_hz(double hz, double rate_hz) noexcept {
        keep_ = std::exp(-2.0 * std::numbers::pi * hz / rate_hz);
    }

    void set(double value) noexcept {
        value_ = value;
    }

    [[nodiscard]] double value() const noexcept {
        return value_;
    }

    double next(double target) noexcept {
        value_ = target + keep_ * (value_ - target);
        return value_;
    }

  private:
    double keep_ = 0.0;
    double value_ = 0.0;
};

} // namespace stemlathe::demo
