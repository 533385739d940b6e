#pragma once

#include "service/store/database.hpp"
#include "service/store/postgres/postgres_address.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

struct pg_conn;

namespace stemlathe::service {

/// One connection of libpq. What fails throws PostgresError.
class PostgresConnection {
  public:
    /// Connects to the first host that may be written to.
    /// @throws Failure{storage_failed} none answers, or none lets us in; {invalid_argument} the
    /// server is older than 15
    explicit PostgresConnection(PostgresAddress const& address);

    /// Prepares the statement where it has not been run yet, and runs it; one that asks for
    /// whatever columns a table has is not prepared. Parameters are BIGINT, TEXT, or of the type
    /// that their place asks for where they are nothing.
    [[nodiscard]] Rows run(std::string_view sql, std::span<Value const> values);

    /// Runs statements without parameters. @returns the last one's tag: "COMMIT"
    std::string run_script(std::string_view sql);

    /// Forgets prepared statements. Not within a transaction that failed.
    void forget_statements();

    /// Undoes an open transaction; where that fails, the connection is lost.
    void roll_back() noexcept;

    /// Looks at the socket without waiting: a server that went away meanwhile is noticed.
    [[nodiscard]] bool is_lost() noexcept;

    /// Takes what NOTIFY has brought since. @returns whether some of it came from others
    [[nodiscard]] bool take_announcements();

    /// For poll().
    [[nodiscard]] int socket() const noexcept;

    /// Of the session: "server_encoding". Empty where it has none.
    [[nodiscard]] std::string parameter(char const* name) const;

  private:
    struct Closer {
        void operator()(pg_conn* connection) const noexcept;
    };

    [[nodiscard]] std::string const&
    find_or_prepare(std::string_view sql, std::span<Value const> values);

    std::unique_ptr<pg_conn, Closer> connection_;
    std::unordered_map<std::string, std::string> names_; ///< of statements, by types and text
};

} // namespace stemlathe::service
