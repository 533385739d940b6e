#pragma once

#include <string>
#include <string_view>

namespace stemlathe::service {

/// Text as part of an address (RFC 3986, 2.1): everything but letters, digits and -._~ escaped.
/// @param plain  further characters that stay, "/" for a path
[[nodiscard]] std::string percent_encoded(std::string_view text, std::string_view plain = {});

} // namespace stemlathe::service
