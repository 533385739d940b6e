#include "service/store/open_store.hpp"

#include "kernels/base/failure.hpp"
#include "service/store/migrate.hpp"
#include "service/store/postgres/postgres_database.hpp"
#include "service/store/sqlite/sqlite_database.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

/// Two truths over the same files would be the end of those that only one knows.
void refuse_unmoved(std::filesystem::path const& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        return;
    }
    SqliteDatabase sqlite{{.file = file}};
    if (moved_to(sqlite).empty()) {
        auto const folder = file.parent_path().string();
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} holds an SQLite installation that was not moved to the store's url; stemlathe"
                " migrate --from {} --to <url> does that, or choose another --data",
                folder,
                folder
            )}
            .about_file(file.string());
    }
}

std::unique_ptr<Database> open_sqlite(std::filesystem::path const& file) {
    auto database = std::make_unique<SqliteDatabase>(SqliteOptions{.file = file});
    if (auto const place = moved_to(*database); !place.empty()) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "the installation in {} was moved to {}; name its url in stemlathe.toml, [store]"
                " url = \"postgresql://...\"",
                file.parent_path().string(),
                place
            )}
            .about_file(file.string());
    }
    return database;
}

} // namespace

std::filesystem::path database_file(std::filesystem::path const& data) {
    return data / "stemlathe.db";
}

OpenStore open_store_as_it_is(std::filesystem::path const& data, std::string const& url) {
    auto const file = std::filesystem::absolute(database_file(data));
    OpenStore store;
    if (url.empty()) {
        store.database = open_sqlite(file);
    } else {
        refuse_unmoved(file);
        store.folder = std::make_unique<DatabaseLock>(file, DatabaseLock::Sharing::with_others);
        store.database = std::make_unique<PostgresDatabase>(url);
    }
    refuse_newer(schema_of(*store.database), static_cast<std::int64_t>(schema_files().size()));
    return store;
}

OpenStore open_store(std::filesystem::path const& data, std::string const& url) {
    auto store = open_store_as_it_is(data, url);
    migrate(*store.database);
    return store;
}

std::unique_ptr<Database> open_existing(std::filesystem::path const& data, std::string const& url) {
    auto const file = std::filesystem::absolute(database_file(data));
    std::error_code ignored;
    if (url.empty() && !std::filesystem::exists(file, ignored)) {
        throw Failure{
            Code::not_found,
            fmt::format("there is no installation in {}; --data names its folder", data.string())}
            .about_file(data.string());
    }
    std::unique_ptr<Database> database;
    if (url.empty()) {
        database = open_sqlite(file);
    } else {
        database = std::make_unique<PostgresDatabase>(url);
    }
    auto const known = static_cast<std::int64_t>(schema_files().size());
    auto const found = schema_of(*database).ran;
    if (found != known) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "the database has schema {}, and this stemlathe knows {}; {}",
                found,
                known,
                found < known ? "start the service with it once, which brings the schema up"
                              : "use the stemlathe that the service runs"
            )};
    }
    return database;
}

std::string moved_to(Database& sqlite) {
    bool const is_moved =
        !sqlite.query("SELECT 1 AS one FROM sqlite_master WHERE name = 'moved'").empty();
    return is_moved ? sqlite.query("SELECT place FROM moved").front().text("place") : "";
}

void mark_as_moved(Database& sqlite, std::string const& place) {
    sqlite.query("CREATE TABLE moved(place TEXT NOT NULL, at BIGINT NOT NULL)");
    sqlite.query("INSERT INTO moved VALUES($1, now_ms())", {place});
}

} // namespace stemlathe::service
