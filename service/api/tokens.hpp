#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

#include <string>

namespace stemlathe::service {

// POST /v1/tokens -> 201 with the token, shown this once | 404 no such client | 422
[[nodiscard]] Response create_token(Call const& call);
// GET /v1/tokens -> 200
[[nodiscard]] Response list_tokens(Call const& call);
// DELETE /v1/tokens/{token} -> 204 | 404
[[nodiscard]] Response revoke_token(Call const& call);
// POST /v1/sign-in {"code"} -> 201 an owner's token | 401
[[nodiscard]] Response sign_in(Call const& call);

/// Whether somebody has a token that lets him into everything.
[[nodiscard]] bool has_owner(Database& database);

/// Makes the code of a link that signs in an owner once, within a quarter of an hour. Only its hash
/// is kept. Within the caller's transaction.
[[nodiscard]] std::string make_sign_in_code(Database& database);

/// A token for a part of the service itself that speaks to it as an engineer would. The one that
/// the part had before ends. Within the caller's transaction.
[[nodiscard]] std::string make_own_token(Database& database, std::string const& name);

} // namespace stemlathe::service
