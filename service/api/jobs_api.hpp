#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// GET /v1/jobs/{job} (Prefer: wait=N) -> 200 | 404
[[nodiscard]] Response show_job(Call const& call);
// GET /v1/jobs?state= -> 200
[[nodiscard]] Response list_jobs(Call const& call);

} // namespace stemlathe::service
