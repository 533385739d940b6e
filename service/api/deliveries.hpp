#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// POST /v1/sessions/{session}/deliveries (Idempotency-Key) -> 201 | 403 not approved | 404 | 422
[[nodiscard]] Response create_delivery(Call const& call);
// GET /v1/sessions/{session}/deliveries -> 200 | 404
[[nodiscard]] Response list_deliveries(Call const& call);
// GET /v1/sessions/{session}/deliveries/{delivery} -> 200 | 404
[[nodiscard]] Response show_delivery(Call const& call);
// GET /v1/sessions/{session}/deliveries/{delivery}/archive (Range) -> 200 | 206 | 403 | 404 | 416
[[nodiscard]] Response send_archive(Call const& call);

} // namespace stemlathe::service
