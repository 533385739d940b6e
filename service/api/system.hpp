#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// GET /healthz -> 200: the process answers
[[nodiscard]] Response show_health(Call const& call);
// GET /readyz -> 200 | 503 while it is going down
[[nodiscard]] Response show_readiness(Call const& call);
// GET /openapi.json -> 200
[[nodiscard]] Response show_description(Call const& call);
// GET /problems/{type} -> 200 | 404
[[nodiscard]] Response show_problem_kind(Call const& call);
// GET /v1/system -> 200
[[nodiscard]] Response show_system(Call const& call);
// GET /v1/workers -> 200
[[nodiscard]] Response list_workers(Call const& call);

} // namespace stemlathe::service
