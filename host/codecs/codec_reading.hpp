#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe {

/// What came back from one lossy codec.
struct CodecPeak {
    std::string codec{};                                 ///< "MP3 128 kbit/s"
    std::optional<double> true_peak_dbtp = std::nullopt; ///< decoded as floats; nullopt: silence
    std::optional<double> at_s = std::nullopt;           ///< where in the song
};

/// What lossy services make of a file's true peak: parts of it encoded, decoded without clipping
/// and measured by the second meter.
struct CodecReading {
    std::vector<CodecPeak> peaks{}; ///< one per codec
    double sent_s = 0.0;            ///< how much was sent through each of them
    std::int64_t moments = 0;       ///< around how many peaks; 0: the whole file
};

/// The codec that overshoots most; nullptr where nothing came back but silence.
[[nodiscard]] CodecPeak const* worst_of(CodecReading const& reading);

/// Whether no codec goes beyond full scale.
[[nodiscard]] bool passes(CodecReading const& reading);

/// "12.0 s around its 8 highest peaks", "the whole file".
[[nodiscard]] std::string sent_words(CodecReading const& reading);

/// "MP3 128 kbit/s, Vorbis q5": all of them.
[[nodiscard]] std::string codec_words(CodecReading const& reading);

} // namespace stemlathe
