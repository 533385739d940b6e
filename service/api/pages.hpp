#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

/// The few pages that the service makes itself: signing in for the first time, and listening by a
/// share link. They hold no script.
namespace stemlathe::service {

// GET /admin?code= -> 200: a button; opening the link alone uses nothing up
[[nodiscard]] Response show_sign_in_page(Call const& call);
// POST /admin code= -> 201 the owner's token | 401
[[nodiscard]] Response answer_sign_in_page(Call const& call);
// GET /r/{link} -> 200 what the link shows, or a form for its password | 404
[[nodiscard]] Response show_review_page(Call const& call);

/// The form for a link's password. @param status  200; 401 after a wrong one; 429: it was not
/// looked at
[[nodiscard]] Response password_page(int status);

/// Set-Cookie with which a browser shows a link or its pass below a path: to read only.
[[nodiscard]] std::string
link_cookie(Call const& call, std::string_view token, std::string_view path);

} // namespace stemlathe::service
