#pragma once

#include <string>
#include <string_view>

namespace stemlathe {

/// `text` with every byte that is not part of well-formed UTF-8 (RFC 3629) replaced by U+FFFD: file
/// names on disk may hold any bytes, JSON and HTML may not.
[[nodiscard]] std::string valid_utf8(std::string_view text);

} // namespace stemlathe
