#pragma once

#include "service/http/message.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace stemlathe::service {

/// A request target, decoded.
struct Target {
    std::string path{};
    std::map<std::string, std::string, std::less<>> query{}; ///< the last of a name wins
};

/// Reads a target in origin-form (RFC 9112, 3.2.1) once and strictly, so that nobody behind needs
/// to decode again.
/// @returns nothing for a path with "//", "." or ".." as a segment (also written %2e), a slash or
/// backslash that is written %2f or %5c; and anywhere a broken escape, a control character, "#" or
/// what is not UTF-8 once decoded. In the query "+" is a space.
[[nodiscard]] std::optional<Target> parse_target(std::string_view target);

} // namespace stemlathe::service
