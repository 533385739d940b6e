#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What a fake service reads out of a request.
namespace stemlathe::test {

/// SHA-256 in hexadecimal digits.
[[nodiscard]] std::string digest_of(std::string_view bytes);

[[nodiscard]] std::string decoded(std::string const& base64);

[[nodiscard]] std::string in_hexadecimal(std::string const& bytes);

/// One value of "name base64,name base64"; "" where it is missing.
[[nodiscard]] std::string metadata_value(std::string const& field, std::string const& name);

/// 0 for no text.
[[nodiscard]] std::size_t number_in(std::string const& text);

[[nodiscard]] std::string unescaped(std::string const& path);

} // namespace stemlathe::test
