#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// GET /v1/events (Accept: text/event-stream; Last-Event-ID or ?after=) -> an endless stream
// GET /v1/events?after=&limit= (Accept: application/json) -> 200 {"items", "next"}
[[nodiscard]] Response stream_events(Call const& call);

} // namespace stemlathe::service
