#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// POST /v1/sessions/{session}/renders (Idempotency-Key) -> 202 + Location | 404 | 409 | 422 | 429
[[nodiscard]] Response create_render(Call const& call);
// GET /v1/sessions/{session}/renders -> 200 | 404
[[nodiscard]] Response list_renders(Call const& call);
// GET /v1/renders/{render} (Prefer: wait=N) -> 200 | 404
[[nodiscard]] Response show_render(Call const& call);
// POST /v1/renders/{render}:cancel -> 202 it stops | 200 it was queued | 409 it is over | 404
[[nodiscard]] Response cancel_render(Call const& call);

} // namespace stemlathe::service
