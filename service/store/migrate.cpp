#include "service/store/migrate.hpp"

#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace stemlathe::service {

namespace {

/// In a turn of its own, or two that begin at once would both make the tables.
///
/// Programs from before 0011 know `schema_version` alone and refuse a number there that they do not
/// know. So it holds what a program must know, and `schema_file` what was run.
SchemaState state_of(Database& database) {
    database.query("CREATE TABLE IF NOT EXISTS schema_version(v BIGINT NOT NULL)");
    database.query("CREATE TABLE IF NOT EXISTS schema_file(number BIGINT PRIMARY KEY)");
    auto const rows =
        database.query("SELECT (SELECT COALESCE(max(v), 0) FROM schema_version) AS needs,"
                       " (SELECT COALESCE(max(number), 0) FROM schema_file) AS ran");
    auto const needs = rows.front().integer("needs");
    return {.ran = std::max(rows.front().integer("ran"), needs), .needs = needs};
}

std::string in_dialect_of(Database const& database, std::string_view sql) {
    constexpr std::string_view kIdentity = "{IDENTITY}";
    std::string text{sql};
    for (auto at = text.find(kIdentity); at != std::string::npos; at = text.find(kIdentity, at)) {
        text.replace(at, kIdentity.size(), database.identity());
    }
    return text;
}

} // namespace

SchemaState schema_of(Database& database) {
    Transaction const undone{database}; // whatever it makes, it was only to look
    return state_of(database);
}

void refuse_newer(SchemaState const& found, std::int64_t known) {
    if (found.needs > known) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "the database has schema {}, which programs need to know up to {}, and this"
                " stemlathe knows {}: a newer version wrote it; run that version here too"
                " (stemlathe version says which this is), or name another database",
                found.ran,
                found.needs,
                known
            )};
    }
}

void migrate(Database& database, std::span<SchemaFile const> files) {
    auto const known = static_cast<std::int64_t>(files.size());
    for (auto const& file : files) {
        Transaction transaction{database};
        auto const found = state_of(database);
        refuse_newer(found, known);
        if (found.ran < file.number) {
            database.run_script(in_dialect_of(database, file.sql));
            database.query("INSERT INTO schema_file(number) VALUES($1)", {file.number});
            if (found.needs < file.needs) {
                database.query("INSERT INTO schema_version(v) VALUES($1)", {file.needs});
            }
        }
        transaction.commit();
    }
}

} // namespace stemlathe::service
