#pragma once

#include <ctime>
#include <string>

namespace stemlathe::service {

/// Seconds since 1970 as fields say them, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
[[nodiscard]] std::string http_date(std::time_t at_s);

} // namespace stemlathe::service
