#pragma once

#include <optional>
#include <string_view>

namespace stemlathe::service {

/// The value of the field Host (RFC 9110, 7.2), without its port.
struct Authority {
    std::string_view host{};
    bool is_address = false;
};

/// @returns nothing where it is neither a name of letters, digits, "-" and "." nor an address (IPv6
/// in brackets), with a port of digits or without
[[nodiscard]] std::optional<Authority> parse_authority(std::string_view text);

} // namespace stemlathe::service
