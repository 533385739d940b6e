#pragma once

#include "service/store/database.hpp"

#include <libpq-fe.h>

#include <memory>

/// Private to service/store/postgres.
namespace stemlathe::service {

/// Types of pg_type.dat, which never change.
inline constexpr Oid kPgBigint = 20;
inline constexpr Oid kPgText = 25;

struct PgClear {
    void operator()(PGresult* result) const noexcept {
        PQclear(result);
    }
};

using PgResult = std::unique_ptr<PGresult, PgClear>;

/// As SQLite would give them: a truth is 0 or 1, and a sum of BIGINT, which is NUMERIC here, is a
/// whole number. Any other type is a bug.
[[nodiscard]] Rows rows_of(PgResult const& result);

} // namespace stemlathe::service
