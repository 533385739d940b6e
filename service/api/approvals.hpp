#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// POST /v1/sessions/{session}/approvals (Idempotency-Key) -> 201 | 404 | 409 | 422
[[nodiscard]] Response approve(Call const& call);
// GET /v1/sessions/{session}/approvals -> 200 | 404
[[nodiscard]] Response list_approvals(Call const& call);
// POST /v1/sessions/{session}/approvals/{approval}:withdraw -> 200 | 404 | 409
[[nodiscard]] Response withdraw_approval(Call const& call);

} // namespace stemlathe::service
