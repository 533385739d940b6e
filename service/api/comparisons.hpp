#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

/// What differs between the masters of two revisions: a worker decodes both.
namespace stemlathe::service {

// POST /v1/sessions/{session}/comparisons {"a", "b"} (Idempotency-Key) -> 202 + Location | 404 |
// 409 one of them has no master, or they have none in common | 422 | 429
// A comparison that was made, or is being made, is not made again.
[[nodiscard]] Response create_comparison(Call const& call);
// GET /v1/sessions/{session}/compare?a=&b= (Prefer: wait=N) -> 200 | 404 nobody asked for it
[[nodiscard]] Response show_comparison(Call const& call);

} // namespace stemlathe::service
