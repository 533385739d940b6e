#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

#include <cstdint>

/// What becomes of deleted sessions: for some weeks they can be had back, and then nothing of them
/// is left but what the audit log says.
namespace stemlathe::service {

// POST /v1/sessions/{session}:undelete -> 200 the session | 404 it is not in the bin | 403 there is
// no quota left for its stems
[[nodiscard]] Response undelete_session(Call const& call);
// POST /v1/sessions/{session}:purge -> 204 | 404 there is none | 409 it is not deleted, or
// something of it is still under way
[[nodiscard]] Response purge_session(Call const& call);

/// Purges what was deleted `age_ms` ago or earlier, at most twenty sessions, in a transaction of
/// its own. @returns how many; call it until 0
std::int64_t purge_old_sessions(Database& database, std::int64_t age_ms);

} // namespace stemlathe::service
