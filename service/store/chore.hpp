#pragma once

#include "service/store/database.hpp"

#include <cstdint>
#include <string>

namespace stemlathe::service {

/// Takes on something that is done once in a while, by whichever process comes first: a row of
/// `chore` says when it is due again. One that dies over it leaves it until then.
/// @returns false: it is not due, or another process has taken it
[[nodiscard]] bool take_chore(Database& database, std::string const& name, std::int64_t period_ms);

} // namespace stemlathe::service
