#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::service {

/// Where a request comes from: the connection's own peer, unless that is a proxy which is trusted;
/// then the last address in X-Forwarded-For that is no trusted proxy's. What stands before it was
/// written by somebody who is not trusted.
/// @param peer       address of the connection
/// @param forwarded  the field X-Forwarded-For; empty: there is none
/// @param trusted    addresses of proxies
[[nodiscard]] std::string forwarded_peer(
    std::string const& peer, std::string_view forwarded, std::vector<std::string> const& trusted
);

/// Whether the client's own connection is encrypted: the wire's word, unless the peer is a proxy
/// that is trusted and says X-Forwarded-Proto.
/// @param proto  the field X-Forwarded-Proto; empty: there is none
[[nodiscard]] bool forwarded_security(
    bool is_wire_secure,
    std::string const& peer,
    std::string_view proto,
    std::vector<std::string> const& trusted
);

/// An address as the system writes it; empty where the text is none.
[[nodiscard]] std::string plain_address(std::string_view text);

/// Whether `peer` is one of `trusted`.
[[nodiscard]] bool
is_trusted_proxy(std::string_view peer, std::vector<std::string> const& trusted) noexcept;

} // namespace stemlathe::service
