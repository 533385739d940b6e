#pragma once

#include <string>
#include <string_view>

/// Names for things: sortable by time, and secrets that cannot be guessed.
namespace stemlathe::service {

/// "ses_01j...": the prefix, "_" and a UUID of version 7 (RFC 9562, 5.7) as 26 letters of
/// Crockford's base 32 in lower case. Within a process each is greater than all before (RFC 9562,
/// 6.2, method 2). Any thread may call it.
[[nodiscard]] std::string make_id(std::string_view prefix);

/// 256 random bits as 43 letters of base64url (RFC 4648, 5), from OpenSSL's generator for secrets.
[[nodiscard]] std::string random_secret();

} // namespace stemlathe::service
