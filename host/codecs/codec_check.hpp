#pragma once

#include "host/codecs/codec_reading.hpp"
#include "host/loudness/meter.hpp"
#include "kernels/backend.hpp"

#include <filesystem>
#include <stop_token>

namespace stemlathe {

/// Sends the stretches of a stereo file where codecs overshoot most (codec_stretches) through the
/// codecs of lossy services and measures what comes back: MP3 at 128 kbit/s and Vorbis at q5 (160
/// kbit/s) at the file's rate or its half, Opus at 128 kbit/s and 48 kHz. What is decoded is never
/// clipped. The true peak is the second meter's (host/loudness).
/// @param reading  what inspect_file says of `file`
/// @param scratch  a name that is free, for the encoded file; its extension is replaced and nothing
///                 stays there
/// @throws as Reader and Writer; Failure{cancelled}
[[nodiscard]] CodecReading check_codecs(
    std::filesystem::path const& file,
    LoudnessReading const& reading,
    std::filesystem::path const& scratch,
    Backend& backend,
    std::stop_token const& stop
);

} // namespace stemlathe
