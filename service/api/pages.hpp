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
// GET /r/{link} -> 200 what the link shows | 404
[[nodiscard]] Response show_review_page(Call const& call);

} // namespace stemlathe::service
