#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stemlathe {

/// An ISRC without hyphens and in capitals, or nothing if `text` is none (ISO 3901: two letters,
/// three letters or digits, seven digits).
[[nodiscard]] std::optional<std::string> normalised_isrc(std::string_view text);

/// A UPC or EAN as the 13 digits of a CD catalogue number (12-digit UPCs get a leading zero), or
/// nothing if the count of digits or the check digit (GS1 General Specifications 7.9) is wrong.
[[nodiscard]] std::optional<std::string> normalised_upc(std::string_view text);

/// A date as yyyy-mm-dd, whatever sign a bext chunk has between the numbers (EBU Tech 3285 section
/// 2.3 allows five); nothing if there is no such day.
[[nodiscard]] std::optional<std::string> normalised_date(std::string_view text);

} // namespace stemlathe

/// Private to formats/.
namespace stemlathe::formats {

/// `text` if it is UTF-8, else its bytes read as ISO 8859-1. Without control characters; cut at the
/// first zero; spaces at the end removed.
[[nodiscard]] std::string as_utf8(std::string_view text);

/// Plain ASCII for fields that know nothing else: accents are dropped, other letters become '?',
/// control characters spaces.
[[nodiscard]] std::string as_ascii(std::string_view utf8);

/// UTF-16 code units; a broken sequence becomes U+FFFD.
[[nodiscard]] std::u16string as_utf16(std::string_view utf8);

[[nodiscard]] bool is_ascii(std::string_view text) noexcept;

/// Text for an XML element's content.
[[nodiscard]] std::string as_xml(std::string_view utf8);

} // namespace stemlathe::formats
