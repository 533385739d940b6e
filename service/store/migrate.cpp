#include "service/store/migrate.hpp"

#include "kernels/base/failure.hpp"

#include <fmt/format.h>

#include <string>

namespace stemlathe::service {

namespace {

/// In a turn of its own, or two that begin at once would both make the table.
std::int64_t version_of(Database& database) {
    database.query("CREATE TABLE IF NOT EXISTS schema_version(v BIGINT NOT NULL)");
    return database.query("SELECT COALESCE(max(v), 0) AS v FROM schema_version")
        .front()
        .integer("v");
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

std::int64_t schema_of(Database& database) {
    Transaction const undone{database}; // whatever it makes, it was only to look
    return version_of(database);
}

void migrate(Database& database, std::span<SchemaFile const> files) {
    auto const known = static_cast<std::int64_t>(files.size());
    Transaction look{database};
    auto const found = version_of(database);
    look.commit();
    if (found > known) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "the database has schema {}, and this stemlathe knows {} at most: a newer version"
                " wrote it; run that version here too (stemlathe version says which this is), or"
                " name another database",
                found,
                known
            )};
    }
    for (auto const& file : files) {
        Transaction transaction{database};
        if (version_of(database) < file.number) {
            database.run_script(in_dialect_of(database, file.sql));
            database.query("INSERT INTO schema_version(v) VALUES($1)", {file.number});
        }
        transaction.commit();
    }
}

} // namespace stemlathe::service
