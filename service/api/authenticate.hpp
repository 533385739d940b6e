#pragma once

#include "service/api/principal.hpp"
#include "service/http/message.hpp"
#include "service/store/database.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stemlathe::service {

/// Who is asking: the token of `Authorization: Bearer slk_<id>_<secret>` or of a share link
/// (`shl_<id>_<secret>`), or of a pass for one that asks for a password (`pas_...`). Looked up by
/// id, compared in constant time by the secret's SHA-256.
/// @param fixed_admin_hash  SHA-256 of STEMLATHE_ADMIN_TOKEN; empty: there is none
/// @returns nobody where no token was given
/// @throws Problem{unauthorized} the token is unknown, wrong, expired or revoked; nothing tells
/// which
[[nodiscard]] Principal
authenticate(Database& database, Request const& request, std::string_view fixed_admin_hash);

/// The share of a link's token as it stands in its address; nothing where it is wrong, expired or
/// revoked. Its `password` is there where it asks for one.
[[nodiscard]] std::optional<Row> live_share(Database& database, std::string_view link);

/// The principal of a share link's token or of a pass; nobody where the link asks for a password.
[[nodiscard]] std::optional<Principal> share_principal(Database& database, std::string_view token);

/// SHA-256 of a secret, as the store keeps it.
[[nodiscard]] std::string hash_of_secret(std::string_view secret);

} // namespace stemlathe::service
