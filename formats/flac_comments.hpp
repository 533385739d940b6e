#pragma once

#include "formats/file.hpp"

#include <optional>
#include <string>

/// Private to formats/.
namespace stemlathe::formats {

/// The ISRC among the Vorbis comments of a FLAC file; nothing where there is none. Our own code,
/// because libFLAC would open the file by its name, which a decoder in its jail cannot.
/// Source: RFC 9639 sections 8.1 and 8.6; Vorbis I specification section 5.2.1.
[[nodiscard]] std::optional<std::string> flac_isrc(File const& file);

} // namespace stemlathe::formats
