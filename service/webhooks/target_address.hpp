#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>

/// Where webhooks may be sent to. A client names the address, this machine sends: without rules it
/// would knock at doors behind the house's own walls (server-side request forgery).
namespace stemlathe::service {

struct TargetRules {
    bool allow_http = false; ///< plain http, too
    /// Loopback, private networks (RFC 1918), shared ones (RFC 6598) and unique local ones (RFC
    /// 4193): for houses whose receivers run inside.
    bool allow_private = false;
};

/// What an IPv4 or IPv6 address is where nothing is sent to it, "a loopback address"; empty: it may
/// be sent to. Sources: IANA's special-purpose registries (RFC 6890 and its updates). Of IPv6 only
/// 2000::/3 is sent to, so no address that holds an IPv4 one (mapped, NAT64) gets round the rules.
[[nodiscard]] std::string_view
forbidden_kind(sockaddr const& address, TargetRules const& rules) noexcept;

/// The same of an address as text, "127.0.0.1" or "::1"; empty also where the text is none.
[[nodiscard]] std::string_view
forbidden_kind(std::string const& address, TargetRules const& rules) noexcept;

/// What is wrong with a webhook's URL, as a sentence; empty: nothing, as far as the text tells.
/// What a name leads to is judged when something is sent.
[[nodiscard]] std::string complaint_about(std::string const& url, TargetRules const& rules);

/// Scheme, host and port of a URL that has nothing wrong with it, for logs: the rest may be a
/// secret. Empty where it cannot be read.
[[nodiscard]] std::string origin_of(std::string const& url);

} // namespace stemlathe::service
