#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace stemlathe {

/// A part of the spectrum that remarks speak of.
struct NamedBand {
    std::string_view name;
    double low_hz;
    double high_hz;
};

inline constexpr std::size_t kNamedBandCount = 6;
inline constexpr std::array<NamedBand, kNamedBandCount> kNamedBands{{
    {"low", 20.0, 120.0},
    {"low-mid", 120.0, 500.0},
    {"mid", 500.0, 2000.0},
    {"presence", 2000.0, 5000.0},
    {"sibilance", 5000.0, 9000.0},
    {"air", 9000.0, 15'000.0},
}};
inline constexpr std::size_t kSibilanceBand = 4;

/// What a voice has between its esses: they are measured against it.
inline constexpr NamedBand kVoicedBand{"voiced", 1000.0, 4000.0};

/// From how far over its median something sticks out. Our choice: twice what is just noticed in
/// levels of a band of music, half of what is disturbing.
inline constexpr double kSticksOut_db = 2.0;

} // namespace stemlathe
