#pragma once

#include "service/api/call.hpp"
#include "service/api/router.hpp"
#include "service/http/message.hpp"

/// Share links that ask for a password before they show anything. Each may be tried five times a
/// minute, right or wrong, so that nobody guesses, and nobody has the machine hash all day.
namespace stemlathe::service {

/// Counts the try (one that comes while another password is looked at is given back: 429), and
/// compares the password on a thread of its own.
/// @throws Problem{not_found}; {too_many_requests} with the seconds until the minute is over
[[nodiscard]] Preparation check_link_password(Call const& call);

// POST /r/{link}, the form of that page -> 303 to the page, which a cookie opens for half a day; or
// where JSON is wanted 200 {"token", "expires"}, which stands for the link | 401 | 404 | 429
[[nodiscard]] Response open_link(Call const& call);

} // namespace stemlathe::service
