#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// POST /v1/webhooks -> 201 with its secret, shown this once | 409 too many | 422
[[nodiscard]] Response create_webhook(Call const& call);
// GET /v1/webhooks -> 200 list
[[nodiscard]] Response list_webhooks(Call const& call);
// GET /v1/webhooks/{webhook} -> 200 | 304 | 404
[[nodiscard]] Response show_webhook(Call const& call);
// PATCH /v1/webhooks/{webhook} -> 200 | 404 | 412 | 422 | 428
[[nodiscard]] Response change_webhook(Call const& call);
// DELETE /v1/webhooks/{webhook} -> 204 | 404 | 412 | 428
[[nodiscard]] Response delete_webhook(Call const& call);
// POST /v1/webhooks/{webhook}:rotate -> 200 with the new secret, shown this once | 404 | 503
[[nodiscard]] Response rotate_webhook_secret(Call const& call);
// POST /v1/webhooks/{webhook}:test -> 202 delivery | 404 | 409 disabled | 429 its queue is full
[[nodiscard]] Response test_webhook(Call const& call);
// GET /v1/webhooks/{webhook}/deliveries?state= -> 200 list | 404
[[nodiscard]] Response list_webhook_deliveries(Call const& call);
// GET /v1/webhooks/{webhook}/deliveries/{message} -> 200 | 404
[[nodiscard]] Response show_webhook_delivery(Call const& call);
// POST /v1/webhooks/{webhook}/deliveries/{message}:redeliver -> 202 | 404 | 409 disabled | 429
[[nodiscard]] Response redeliver(Call const& call);

} // namespace stemlathe::service
