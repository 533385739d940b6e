#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// POST /v1/clients -> 201 | 422
[[nodiscard]] Response create_client(Call const& call);
// GET /v1/clients -> 200
[[nodiscard]] Response list_clients(Call const& call);
// GET /v1/clients/{client} -> 200 | 404
[[nodiscard]] Response show_client(Call const& call);
// PATCH /v1/clients/{client} -> 200 | 404 | 422
[[nodiscard]] Response change_client(Call const& call);

/// The house itself, at the first start.
void make_house(Database& database, std::int64_t quota_bytes);

} // namespace stemlathe::service
