#include "service/store/postgres/postgres_session.hpp"

#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stemlathe::service {

namespace {

/// A process that is stopped within a transaction holds up all others: the server ends it. The TCP
/// settings are the server's half of the same: it lets go of who was cut off.
constexpr std::string_view kPgLimits = R"sql(
SET standard_conforming_strings = on;
SET idle_in_transaction_session_timeout = '10s';
SET lock_timeout = '20s';
SET statement_timeout = '60s';
SET tcp_keepalives_idle = 5;
SET tcp_keepalives_interval = 2;
SET tcp_keepalives_count = 3;
SET tcp_user_timeout = '10s'
)sql";

/// statement_timestamp() is when the statement arrived. Inlined by the planner.
constexpr std::string_view kPgNow = R"sql(
CREATE FUNCTION now_ms() RETURNS BIGINT LANGUAGE SQL STABLE PARALLEL SAFE
RETURN CAST(floor(extract(epoch FROM statement_timestamp()) * 1000) AS BIGINT)
)sql";

/// The letters "stemlath" as a number. READ COMMITTED: each statement sees what was committed
/// before it, and so all that was done in earlier turns.
constexpr std::string_view kPgTurn = "BEGIN ISOLATION LEVEL READ COMMITTED;"
                                     "SELECT pg_advisory_xact_lock(8319385932304315496)";

/// By bytes, as SQLite sorts. Sorting by a language changes with the system's library, and then an
/// index no longer finds what it holds.
void refuse_other_order(PostgresConnection& connection, std::string const& place) {
    constexpr std::array<std::string_view, 4> kByBytes{"C", "POSIX", "C.UTF-8", "C.utf8"};
    auto const encoding = connection.parameter("server_encoding");
    auto const found = connection.run(
        "SELECT datcollate, datlocprovider = 'c' AS is_libc FROM pg_database"
        " WHERE datname = current_database()",
        {}
    );
    auto const& order = found.front().text("datcollate");
    bool const is_by_bytes = found.front().integer("is_libc") != 0 &&
                             std::ranges::find(kByBytes, order) != kByBytes.end();
    if (encoding != "UTF8" || !is_by_bytes) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} is {} sorted by {}; stemlathe needs UTF8 sorted by C: createdb"
                " --template=template0 --encoding=UTF8 --locale=C",
                place,
                encoding,
                order
            )}
            .about_key("store.url");
    }
}

} // namespace

void set_up_session(PostgresConnection& connection, std::string const& place) {
    refuse_other_order(connection, place);
    connection.run_script(kPgLimits);
    auto const state = connection.run(
        "SELECT current_setting('synchronous_commit') = 'off' AS is_lazy,"
        " to_regprocedure('now_ms()') IS NULL AS is_new",
        {}
    );
    if (state.front().integer("is_lazy") != 0) {
        connection.run_script("SET synchronous_commit = on"); // what was acknowledged lasts
    }
    if (state.front().integer("is_new") == 0) {
        return;
    }
    connection.run_script(begin_in_turn());
    if (connection.run("SELECT to_regprocedure('now_ms()') IS NULL AS is_new", {})
            .front()
            .integer("is_new") != 0) {
        connection.run_script(kPgNow);
    }
    connection.run_script("COMMIT");
}

std::string_view begin_in_turn() noexcept {
    return kPgTurn;
}

} // namespace stemlathe::service
