#pragma once

#include "host/intake/origin/mean_spectrum.hpp"

#include <optional>

namespace stemlathe {

/// Where a spectrum breaks off and nothing follows.
struct BandEdge {
    double hz = 0.0;
    double drop_db = 0.0; ///< from the median level below to the median level above
};

/// A drop that no lossy codec's edge stays under, and no instrument's end reaches. Encoded music
/// (MP3, AAC, Vorbis, Opus from 64 to 320 kbit/s) drops by 34 dB and more; the steepest end found
/// in lossless stems, of a drum kit made of compressed samples, is 25 dB.
inline constexpr double kCodecDrop_db = 30.0;

/// What is left of a band when a change of rate has cut it off.
inline constexpr double kUpsamplingDrop_db = 50.0;

/// The edge at which a lossy codec cut the sound off, if there is one: the largest drop within
/// 800 Hz, from kCodecDrop_db on, between 9 and 20.6 kHz, behind which the spectrum stays low for
/// at least 1.3 kHz. Equalisers go on falling there, and filters of converters and of changes of
/// rate end too near to half the rate.
[[nodiscard]] std::optional<BandEdge> codec_edge(MeanSpectrum const& spectrum);

/// The edge that a change of sample rate left: half of 44.1, 48, 88.2 or 96 kHz, below half of the
/// spectrum's own rate, with something right below it and nothing from right above it on.
[[nodiscard]] std::optional<BandEdge> upsampling_edge(MeanSpectrum const& spectrum);

} // namespace stemlathe
