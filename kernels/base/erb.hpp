#pragma once

#include <cmath>

namespace stemlathe {

// The ear's own scale of frequency. Source: Glasberg & Moore, Hearing Research 47, 1990, with the
// constants of ANSI S3.4-2007.

inline constexpr double kErb_hz = 24.673; ///< bandwidth towards 0 Hz
inline constexpr double kErbGrowth_per_hz = 0.004368;
inline constexpr double kCamsPerDecade = 21.366;

/// Equivalent rectangular bandwidth of the auditory filter at a frequency, Hz: eq. 3.
[[nodiscard]] constexpr double erb_hz(double hz) noexcept {
    return kErb_hz * (kErbGrowth_per_hz * hz + 1.0);
}

/// How many such bandwidths lie below a frequency, Cam: eq. 4.
[[nodiscard]] inline double cam_of_hz(double hz) noexcept {
    return kCamsPerDecade * std::log10(kErbGrowth_per_hz * hz + 1.0);
}

[[nodiscard]] inline double hz_of_cam(double cam) noexcept {
    return (std::pow(10.0, cam / kCamsPerDecade) - 1.0) / kErbGrowth_per_hz;
}

} // namespace stemlathe
