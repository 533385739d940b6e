#pragma once

#include "service/api/call.hpp"
#include "service/audit/entry.hpp"
#include "service/http/message.hpp"

#include <boost/json/object.hpp>

namespace stemlathe::service {

// GET /v1/audit -> 200: who did what, oldest first
[[nodiscard]] Response list_audit(Call const& call);
// GET /v1/audit/head -> 200: the last entry's number and hash, to be noted outside
[[nodiscard]] Response show_audit_head(Call const& call);

/// An entry as the list and an export show it.
[[nodiscard]] boost::json::object audit_json(AuditEntry const& entry);

} // namespace stemlathe::service
