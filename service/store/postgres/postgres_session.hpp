#pragma once

#include "service/store/postgres/postgres_connection.hpp"

#include <string>
#include <string_view>

/// Private to service/store/postgres.
namespace stemlathe::service {

/// What every session needs: time limits, commits that last, now_ms().
/// @throws Failure{invalid_argument} the database is not UTF-8, or not sorted by bytes;
/// PostgresError
void set_up_session(PostgresConnection& connection, std::string const& place);

/// Begins a transaction when those of other processes are over.
[[nodiscard]] std::string_view begin_in_turn() noexcept;

} // namespace stemlathe::service
