#pragma once

#include "kernels/base/failure.hpp"

#include <string>
#include <string_view>

namespace stemlathe::service {

/// What the server refused, or a connection that broke; becomes a Failure where the place is known.
struct PostgresError {
    std::string state{}; ///< SQLSTATE, five letters; empty: the connection is lost
    std::string words{}; ///< one line
};

/// `text` without the line ends and tabs that libpq sets its messages with.
[[nodiscard]] std::string one_line(std::string_view text);

/// What it means to the user. @param place  as PostgresAddress says it
[[nodiscard]] Failure postgres_failure(PostgresError const& error, std::string_view place);

/// True where the server itself undid the statement, for reasons that the next try may not meet: a
/// deadlock, a serialisation failure, a prepared statement that a migration made stale.
[[nodiscard]] bool is_transient(PostgresError const& error) noexcept;

/// True where the server will say no to everything from now on: it stops, it is a standby.
[[nodiscard]] bool is_end_of_connection(PostgresError const& error) noexcept;

} // namespace stemlathe::service
