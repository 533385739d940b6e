#pragma once

#include <cmath>
#include <cstdint>

namespace stemlathe {

/// What silence reads in dB: low enough to be told from any signal, finite so that arithmetic stays
/// safe.
inline constexpr double kSilence_db = -300.0;

/// Amplitude ratio of a level in dB.
[[nodiscard]] inline double gain_from_db(double db) noexcept {
    return std::pow(10.0, db / 20.0);
}

/// Level in dB of an amplitude ratio >= 0; kSilence_db at zero.
[[nodiscard]] inline double db_from_gain(double gain) noexcept {
    return gain > 1e-15 ? 20.0 * std::log10(gain) : kSilence_db;
}

/// Level in dB of a power ratio >= 0; kSilence_db at zero.
[[nodiscard]] inline double db_from_power(double power) noexcept {
    return power > 1e-30 ? 10.0 * std::log10(power) : kSilence_db;
}

/// Nearest whole frame to a moment >= 0.
[[nodiscard]] inline std::int64_t frames_from_seconds(double seconds, double rate_hz) noexcept {
    return static_cast<std::int64_t>(std::llround(seconds * rate_hz));
}

/// 1 for 44.1 and 48 kHz, 2 for 88.2 and 96, 4 for 176.4 and 192: FFT sizes grow with it.
[[nodiscard]] constexpr int rate_family(int rate_hz) noexcept {
    return rate_hz > 96'000 ? 4 : (rate_hz > 48'000 ? 2 : 1);
}

} // namespace stemlathe
