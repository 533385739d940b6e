#pragma once

#include "service/http/message.hpp"

#include <optional>

namespace stemlathe::service {

/// What is left of `Prefer: wait=20` (RFC 7240, 4.3), at most 60 seconds; nothing where none is
/// asked for or the time is over.
[[nodiscard]] std::optional<Wait> wanted_wait(Request const& request);

} // namespace stemlathe::service
