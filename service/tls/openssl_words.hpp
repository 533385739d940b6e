#pragma once

#include <openssl/err.h>

#include <string>

namespace stemlathe::service {

/// What OpenSSL says of the last thing that failed on this thread: "key values mismatch". Forgets
/// it, so that nothing later is taken for it.
[[nodiscard]] inline std::string openssl_words() {
    auto const* const words = ::ERR_reason_error_string(::ERR_peek_last_error());
    std::string const said = words != nullptr ? words : "no reason given";
    ::ERR_clear_error();
    return said;
}

} // namespace stemlathe::service
