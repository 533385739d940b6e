#pragma once

#include "formats/bytes.hpp"
#include "formats/writer.hpp"

#include <span>
#include <string_view>

/// The chunks of a WAV file that say what it holds; bext has a file of its own. Private to
/// formats/.
namespace stemlathe::formats {

/// Adds a chunk: four letters, length, content, padded to even. Nothing where `body` is empty.
void put_chunk(Bytes& bytes, std::string_view id, std::span<std::byte const> body);

/// LIST/INFO: title, artist, album, date and genre in ASCII. No ISRC: there, "ISRC" means "source".
[[nodiscard]] Bytes info_list(Tags const& tags);

/// EBU Tech 3352: ISRC and UPC as identifiers of an EBUCore document (EBU Tech 3293), beside title,
/// artist and album, in UTF-8.
[[nodiscard]] Bytes axml(Tags const& tags);

/// iXML 3.01: project (the album), note, position in time, channels, and the music fields of
/// ASWG-G006. Written where there are tags or a bext chunk; empty else.
[[nodiscard]] Bytes ixml(EncodeSettings const& settings);

} // namespace stemlathe::formats
