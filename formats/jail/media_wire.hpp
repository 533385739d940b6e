#pragma once

#include "formats/jail/wire.hpp"
#include "formats/media.hpp"

#include <span>
#include <string>
#include <string_view>

/// Private to formats/.
namespace stemlathe::formats {

[[nodiscard]] WireMedia wire_media(MediaInfo const& info);

/// What a decoder said of `path`, none of which is believed: numbers out of range are refused,
/// texts are made clean UTF-8.
/// @throws MediaFailure{unreadable}
[[nodiscard]] MediaInfo media_from(WireMedia const& wire, std::filesystem::path const& path);

/// Cut between letters where it does not fit.
void put_wire_text(std::span<char> to, std::string_view text);

/// Up to its first zero, as clean UTF-8.
[[nodiscard]] std::string text_from(std::span<char const> wire);

} // namespace stemlathe::formats
