#pragma once

#include <optional>
#include <span>

namespace stemlathe {

/// The hum of a power line.
struct MainsHum {
    double hz = 0.0;         ///< of the line: 50 or 60, within 0.3
    int harmonics = 0;       ///< that stand out, of the first eight
    double level_dbfs = 0.0; ///< rms of all of them together
};

/// The frames that mains_hum takes.
inline constexpr std::size_t kHumFrames = 16'384;

/// How far a line of hum stands out over what lies around it, at least, dB.
inline constexpr double kHumProminence_db = 12.0;

/// Looks for 50 or 60 Hz and its harmonics, of which three of the first eight, one of the first two
/// among them, must stand out. No note of a scale tuned to 432 .. 445 Hz lies on them.
/// @param samples  [kHumFrames] of about 3 kHz: five seconds in which nothing plays
[[nodiscard]] std::optional<MainsHum> mains_hum(std::span<float const> samples, double rate_hz);

} // namespace stemlathe
