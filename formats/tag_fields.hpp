#pragma once

#include "formats/bytes.hpp"
#include "formats/file.hpp"
#include "formats/tags.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// How tags look inside files. Private to formats/.
namespace stemlathe::formats {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// REPLAYGAIN_* as FLAC, Vorbis and (in TXXX) MP3 carry them.
[[nodiscard]] Fields replay_gain_fields(ReplayGain const& gain);

/// The fields of a Vorbis comment; `is_opus` chooses R128_TRACK_GAIN over REPLAYGAIN_*.
[[nodiscard]] Fields vorbis_comments(Tags const& tags, bool is_opus);

/// A whole ID3v2.3 tag; empty if there is nothing to say.
[[nodiscard]] Bytes id3_tag(Tags const& tags);

/// Copies an Ogg file with other comments, and with another stream serial number if one is given.
/// @throws MediaFailure the source is not one whole Vorbis or Opus stream
void rewrite_ogg(
    File const& source, File& target, Tags const& tags, std::optional<std::uint32_t> serial
);

} // namespace stemlathe::formats
