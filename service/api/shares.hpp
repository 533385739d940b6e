#pragma once

#include "service/api/call.hpp"
#include "service/api/router.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

/// What the store will keep of the password of a new link, which may have one; made on a thread of
/// its own.
[[nodiscard]] Preparation hash_share_password(Call const& call);

// POST /v1/sessions/{session}/shares -> 201 with the link, shown this once | 404 | 422
[[nodiscard]] Response create_share(Call const& call);
// GET /v1/sessions/{session}/shares -> 200 | 404
[[nodiscard]] Response list_shares(Call const& call);
// DELETE /v1/sessions/{session}/shares/{share} -> 204 | 404
[[nodiscard]] Response revoke_share(Call const& call);

} // namespace stemlathe::service
