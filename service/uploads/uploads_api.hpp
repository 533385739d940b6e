#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// OPTIONS /v1/uploads -> 204
[[nodiscard]] Response show_upload_options(Call const& call);
// HEAD /v1/uploads/{upload} -> 200 | 404 | 410 | 412 | 423
[[nodiscard]] Response show_upload(Call const& call);
// DELETE /v1/uploads/{upload} -> 204 | 404 | 410 | 412 | 423
[[nodiscard]] Response delete_upload(Call const& call);

} // namespace stemlathe::service
