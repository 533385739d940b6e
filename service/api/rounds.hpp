#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// POST /v1/sessions/{session}/rounds (Idempotency-Key) -> 201 | 404 | 409
[[nodiscard]] Response close_round(Call const& call);
// GET /v1/sessions/{session}/rounds -> 200 | 404
[[nodiscard]] Response list_rounds(Call const& call);

/// When a revision that answers a round is there, its comments are resolved by it; whoever is not
/// content reopens one. Within the caller's transaction.
void resolve_round_of(Database& database, std::string const& render);

} // namespace stemlathe::service
