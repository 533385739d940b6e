#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// GET /v1/sessions/{session}/stems?kind= -> 200 | 404
[[nodiscard]] Response list_stems(Call const& call);
// GET /v1/sessions/{session}/stems/{stem} -> 200 | 304 | 404
[[nodiscard]] Response show_stem(Call const& call);
// PATCH /v1/sessions/{session}/stems/{stem} (If-Match) -> 200 | 404 | 409 | 412 | 422 | 428
[[nodiscard]] Response change_stem(Call const& call);
// DELETE /v1/sessions/{session}/stems/{stem} (If-Match) -> 204 | 404 | 412 | 428
[[nodiscard]] Response delete_stem(Call const& call);

} // namespace stemlathe::service
