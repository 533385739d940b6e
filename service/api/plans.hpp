#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace stemlathe::service {

// POST /v1/sessions/{session}/plans -> 201 | 404 | 422
[[nodiscard]] Response create_plan(Call const& call);
// GET /v1/sessions/{session}/plans -> 200 | 404
[[nodiscard]] Response list_plans(Call const& call);
// GET /v1/sessions/{session}/plans/{plan} -> 200 | 304 | 404
[[nodiscard]] Response show_plan(Call const& call);
// PUT /v1/sessions/{session}/plans/{plan} (If-Match) -> 200 | 404 | 412 | 422 | 428
[[nodiscard]] Response replace_plan(Call const& call);
// POST /v1/sessions/{session}/plans:suggest (Idempotency-Key) -> 202 + Location of the job
[[nodiscard]] Response suggest_plan(Call const& call);
// POST /v1/sessions/{session}/plans:validate -> 200 {"valid": true} | 404 | 422
[[nodiscard]] Response validate_plan(Call const& call);

/// Reads a plan document and compares its words with the session's stems.
/// @returns the plan with the same meaning in canonical form
/// @throws Failure{invalid_plan}
[[nodiscard]] std::string
checked_plan(Database& database, std::string const& session, boost::json::object const& plan);

} // namespace stemlathe::service
