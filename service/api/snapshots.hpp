#pragma once

#include "service/api/call.hpp"
#include "service/api/router.hpp"
#include "service/http/message.hpp"

namespace stemlathe::service {

// POST /v1/snapshots -> 201: the database as a file in the data folder, for stemlathe backup
[[nodiscard]] Response create_snapshot(Call const& call);
/// Makes it, outside any transaction. @throws Problem{conflict} the store is no SQLite
[[nodiscard]] Preparation make_snapshot(Call const& call);

} // namespace stemlathe::service
