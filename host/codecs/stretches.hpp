#pragma once

#include "host/loudness/meter.hpp"

#include <cstdint>
#include <vector>

namespace stemlathe {

/// Frames of a file that are sent through a codec together; the file's own rate.
struct CodecStretch {
    std::int64_t from = 0;
    std::int64_t to = 0;
    /// Which of them count: a codec needs some time before to fill its bit reservoir and to know
    /// the music, and some after to end.
    std::int64_t heard_from = 0;
    std::int64_t heard_to = 0;

    friend bool operator==(CodecStretch const&, CodecStretch const&) = default;
};

/// What of a file is worth sending, in order, without overlaps.
struct CodecStretches {
    std::vector<CodecStretch> stretches{};
    std::int64_t frames = 0;  ///< in all of them
    std::int64_t moments = 0; ///< that they hold; 0: the whole file
};

/// Where codecs overshoot: around the highest true peak of each channel, then around the highest
/// samples, up to kCodecMoments in all. A file that is hardly longer than that is sent whole.
/// @param reading  of inspect_file; `frames` and `rate_hz` are the file's
[[nodiscard]] CodecStretches
codec_stretches(LoudnessReading const& reading, std::int64_t frames, int rate_hz);

inline constexpr std::int64_t kCodecMoments = 8;

/// What counts of a stretch lies half before and half after its moment.
inline constexpr double kCodecHeard_s = 1.2;
inline constexpr double kCodecBefore_s = 0.25;
inline constexpr double kCodecAfter_s = 0.05;

} // namespace stemlathe
