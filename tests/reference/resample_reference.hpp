#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace stemlathe::reference {

/// A sum of sines as a function of time: what any band-limited conversion has to give at its own
/// moments (Shannon, Proc. IRE 37(1), 1949, theorem 1).
struct Tone {
    double hz = 0.0;
    double amplitude = 0.0;
    double phase_rad = 0.0;
};

inline double value_at(std::span<Tone const> tones, double time_s) {
    double sum = 0.0;
    for (auto const& tone : tones) {
        sum +=
            tone.amplitude * std::sin(2.0 * std::numbers::pi * tone.hz * time_s + tone.phase_rad);
    }
    return sum;
}

/// The sine that fits best in the sense of least squares, and the rms of what is left.
struct SineFit {
    double amplitude = 0.0;
    double phase_rad = 0.0; ///< of a sine, at the first value
    double residual_rms = 0.0;
};

/// Source: IEEE Std 1057-2017, annex B, the fit with known frequency, here without an offset.
inline SineFit fit_sine(std::span<double const> values, double hz, double rate_hz) {
    double ss = 0.0;
    double sc = 0.0;
    double cc = 0.0;
    double sy = 0.0;
    double cy = 0.0;
    double const step = 2.0 * std::numbers::pi * hz / rate_hz;
    for (std::size_t n = 0; n < values.size(); ++n) {
        double const s = std::sin(step * static_cast<double>(n));
        double const c = std::cos(step * static_cast<double>(n));
        ss += s * s;
        sc += s * c;
        cc += c * c;
        sy += s * values[n];
        cy += c * values[n];
    }
    double const determinant = ss * cc - sc * sc;
    double const a = (cc * sy - sc * cy) / determinant;
    double const b = (ss * cy - sc * sy) / determinant;
    double sum = 0.0;
    for (std::size_t n = 0; n < values.size(); ++n) {
        double const left = values[n] - a * std::sin(step * static_cast<double>(n)) -
                            b * std::cos(step * static_cast<double>(n));
        sum += left * left;
    }
    return {
        std::hypot(a, b), std::atan2(b, a), std::sqrt(sum / static_cast<double>(values.size()))};
}

} // namespace stemlathe::reference
