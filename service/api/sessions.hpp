#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

#include <string>

namespace stemlathe::service {

// POST /v1/sessions -> 201 | 404 no such client or preset | 422
[[nodiscard]] Response create_session(Call const& call);
// GET /v1/sessions?limit=&after=&state=&client= -> 200
[[nodiscard]] Response list_sessions(Call const& call);
// GET /v1/sessions/{session} -> 200 | 304 | 404
[[nodiscard]] Response show_session(Call const& call);
// PATCH /v1/sessions/{session} (If-Match) -> 200 | 404 | 412 | 422 | 428
[[nodiscard]] Response change_session(Call const& call);
// DELETE /v1/sessions/{session} (If-Match) -> 204 | 404 | 412 | 428
[[nodiscard]] Response delete_session(Call const& call);

/// Changes a session's state, version and time. Within the caller's transaction.
void set_session_state(Database& database, std::string const& session, std::string const& state);

} // namespace stemlathe::service
