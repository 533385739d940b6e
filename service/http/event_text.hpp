#pragma once

#include "service/http/body.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// The text of an event stream (HTML standard, 9.2.5).
namespace stemlathe::service {

/// How long a client waits before it connects again, ms.
constexpr std::string_view kRetryLine = "retry: 2000\n\n";
/// A comment: keeps proxies and clients from giving up a silent stream.
constexpr std::string_view kPing = ": ping\n\n";

/// Appends the events, each line of `data` on a line of its own.
/// @returns false where `text` would grow beyond `bytes_max`: the rest is left out, but never the
/// first event; the stream must end then, and the client comes back for the rest by its last id
[[nodiscard]] bool
append_events(std::vector<ServerEvent> const& events, std::size_t bytes_max, std::string& text);

} // namespace stemlathe::service
