#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// POST /v1/presets -> 201 | 409 the name is taken | 422
[[nodiscard]] Response create_preset(Call const& call);
// GET /v1/presets -> 200: one's own and the house's
[[nodiscard]] Response list_presets(Call const& call);
// GET /v1/presets/{preset} -> 200 | 304 | 404
[[nodiscard]] Response show_preset(Call const& call);
// PUT /v1/presets/{preset} (If-Match) -> 200 | 404 | 412 | 422 | 428
[[nodiscard]] Response replace_preset(Call const& call);
// DELETE /v1/presets/{preset} (If-Match) -> 204 | 404 | 412 | 428
[[nodiscard]] Response delete_preset(Call const& call);

} // namespace stemlathe::service
