#pragma once

#include "service/http/refusal.hpp"
#include "service/http/server.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a request's head must look like, judged on its raw bytes, before any parser folds, joins or
/// forgives: stricter than RFC 9112 where leniency is what request smuggling lives on. Knows no
/// sockets, so that a fuzzer can call it.
namespace stemlathe::service {

/// How far the search for the empty line has come.
struct HeadSearch {
    enum class State : std::uint8_t { incomplete, complete, broken };
    State state = State::incomplete;
    std::size_t end = 0; ///< complete: behind the empty line; incomplete: where to go on
};

/// Looks for the end of the head. A NUL, a CR or LF that stands alone and an empty first line break
/// it off (RFC 9112, 2.2 allows more).
/// @param from  `end` of the search before, over a shorter piece of the same bytes
[[nodiscard]] HeadSearch find_head(std::string_view bytes, std::size_t from) noexcept;

/// What the front must know of a head; the fields themselves are read by request_reader.hpp.
struct HeadFacts {
    Method method = Method::get;
    std::string_view target{}; ///< origin-form (RFC 9112, 3.2.1), not decoded yet
    std::int64_t body_bytes = 0;
    std::size_t fields = 0;
    bool keeps_alive = true;
    bool expects_continue = false;
};

/// Judges a head that find_head() found complete, the empty line included.
/// @param hosts  names allowed in Host, lower case; empty: any. Addresses are always allowed.
[[nodiscard]] std::variant<HeadFacts, Refusal>
check_head(std::string_view head, HttpLimits const& limits, std::vector<std::string> const& hosts);

/// The refusal of a head that exceeds its bytes before it ends.
[[nodiscard]] Refusal too_large(std::string_view head_so_far, HttpLimits const& limits) noexcept;

} // namespace stemlathe::service
