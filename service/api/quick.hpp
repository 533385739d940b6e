#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// POST /v1/quick (Idempotency-Key) -> 202 {"session", "plan", "render"} + Location of the render |
// 404 no such session or preset | 409 no stem is ready | 422 | 429
// What PATCH of the session, POST of a plan and POST of a render do one after the other, in one
// transaction: all of it or nothing.
[[nodiscard]] Response master_quickly(Call const& call);

} // namespace stemlathe::service
