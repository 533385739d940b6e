#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Times as documents and filters write them (RFC 3339).
namespace stemlathe::service {

/// "2026-11-26T08:12:03.123Z" of milliseconds since 1970.
[[nodiscard]] std::string time_text(std::int64_t ms);

/// The way back, from any date-time of RFC 3339, 5.6, of the years 1970 to 9999: any offset, any
/// fraction of a second (cut to milliseconds), letters of either case. A leap second is the moment
/// after it. @returns nothing where the text is no such time
[[nodiscard]] std::optional<std::int64_t> time_in(std::string_view text);

} // namespace stemlathe::service
