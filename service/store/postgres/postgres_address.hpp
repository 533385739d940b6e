#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stemlathe::service {

/// Where a PostgreSQL is and how it is spoken to: a connection string of libpq, with several hosts
/// where there are some, and what notices a cut link within 15 s unless the string says otherwise.
class PostgresAddress {
  public:
    /// @param url  "postgresql://stemlathe@db1,db2/stemlathe?sslmode=require"; "postgres://" too
    /// @throws Failure{invalid_argument} it is none, or says what libpq does not know
    explicit PostgresAddress(std::string const& url);

    /// For sentences, without user and password: "PostgreSQL at db1,db2 (database stemlathe)".
    [[nodiscard]] std::string const& place() const noexcept {
        return place_;
    }

    /// Keywords and values for PQconnectdbParams.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> const&
    settings() const noexcept {
        return settings_;
    }

  private:
    std::string place_;
    std::vector<std::pair<std::string, std::string>> settings_;
};

} // namespace stemlathe::service
