#pragma once

#include "service/api/call.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// POST /v1/snapshots -> 202: a copy of the database as a file in the data folder, for stemlathe
// backup | 409 the store is no SQLite | 423 another one is being made
[[nodiscard]] Response create_snapshot(Call const& call);
// GET /v1/snapshots/{snapshot}, which may wait for its end | 404: not of this run of the service
[[nodiscard]] Response show_snapshot(Call const& call);

} // namespace stemlathe::service
