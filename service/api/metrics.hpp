#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// GET /metrics -> 200: figures for Prometheus, text format 0.0.4
[[nodiscard]] Response show_metrics(Call const& call);

} // namespace stemlathe::service
