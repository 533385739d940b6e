#include "service/store/snapshot.hpp"

#include "kernels/base/failure.hpp"
#include "service/store/migrate.hpp"
#include "service/store/postgres/postgres_database.hpp"
#include "service/store/sqlite/sqlite_database.hpp"
#include "service/store/sqlite/sqlite_failure.hpp"
#include "service/store/table_copy.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace stemlathe::service {

namespace {

/// SQLite would make a file that anybody on the machine may read; into an empty one it copies too.
void make_empty(std::filesystem::path const& file) {
    int const made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0) {
        throw system_failure(errno, "make", file);
    }
    ::close(made);
}

void remove_all_of(std::filesystem::path const& file) noexcept {
    std::error_code ignored;
    for (auto const* const end : {"", "-wal", "-shm", "-journal", "-lock"}) {
        std::filesystem::remove(file.string() + end, ignored);
    }
}

void sync(std::filesystem::path const& path, int kind) {
    int const opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | kind);
    int const failed = opened < 0 || ::fsync(opened) != 0 ? errno : 0;
    if (opened >= 0) {
        ::close(opened);
    }
    // Some network file systems cannot sync a folder; their rename is safe already.
    if (failed != 0 && !(kind == O_DIRECTORY && failed == EINVAL)) {
        throw system_failure(failed, "keep", path);
    }
}

/// So that whoever copies the rows on, in this order, has parents before what refers to them.
std::string order_of(TableShape const& shape) {
    auto const has = [&](char const* name) {
        return std::ranges::find(shape.columns, name) != shape.columns.end();
    };
    return has("created") && has("id") ? " ORDER BY created, id" : "";
}

MovedTable copy_rows(TableShape const& shape, PostgresDatabase& from, Database& to) {
    std::string places;
    for (std::size_t i = 1; i <= shape.columns.size(); ++i) {
        places += fmt::format("{}${}", i == 1 ? "" : ", ", i);
    }
    auto const insert = fmt::format(
        "INSERT INTO {}({}) VALUES({})", shape.name, fmt::join(shape.columns, ", "), places
    );
    from.query(fmt::format(
        "DECLARE copy_{0} NO SCROLL CURSOR FOR SELECT * FROM {0}{1}", shape.name, order_of(shape)
    ));
    RowDigests digests;
    for (;;) {
        auto const rows = from.query(fmt::format("FETCH {} FROM copy_{}", kRowsAtOnce, shape.name));
        if (rows.empty()) {
            from.query("CLOSE copy_" + shape.name);
            return digests.table(shape.name);
        }
        for (auto const& row : rows) {
            std::vector<Value> values;
            values.reserve(shape.columns.size());
            for (auto const& column : shape.columns) {
                values.push_back(row.value(column));
            }
            to.query(insert, values);
            digests.add(shape, row);
        }
    }
}

MovedTable copied_rows(TableShape const& shape, Database& sqlite) {
    auto const read = fmt::format(
        "SELECT rowid AS row_number, * FROM {} WHERE rowid > $1 ORDER BY rowid LIMIT $2", shape.name
    );
    RowDigests digests;
    std::int64_t last = -1;
    for (;;) {
        auto const rows = sqlite.query(read, {last, kRowsAtOnce});
        if (rows.empty()) {
            return digests.table(shape.name);
        }
        for (auto const& row : rows) {
            digests.add(shape, row);
            last = row.integer("row_number");
        }
    }
}

void refuse_other_schema(PostgresDatabase& from) {
    auto const found = schema_of(from).ran;
    auto const known = static_cast<std::int64_t>(schema_files().size());
    if (found != known) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} has schema {}, and this stemlathe knows {}; use the one that the service runs",
                from.place(),
                found,
                known
            )};
    }
}

/// A transaction that takes no turn: it only reads, and holds nobody up.
void copy_everything(PostgresDatabase& from, Database& to) {
    refuse_other_schema(from);
    from.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    from.query("SET LOCAL statement_timeout = 0");
    Transaction change{to};
    to.query("PRAGMA defer_foreign_keys = ON");
    for (auto const& shape : shapes_of(to)) {
        auto const sent = copy_rows(shape, from, to);
        auto const kept = copied_rows(shape, to);
        if (sent.rows != kept.rows || sent.sha256 != kept.sha256) {
            throw Failure{
                Code::storage_failed,
                fmt::format(
                    "table {} of {} was not copied as it is: {} rows were read, {} arrived",
                    shape.name,
                    from.place(),
                    sent.rows,
                    kept.rows
                )};
        }
    }
    change.commit();
    from.query("COMMIT");
}

} // namespace

void make_lasting(std::filesystem::path const& file) {
    sync(file, 0);
    sync(file.parent_path(), O_DIRECTORY);
}

void snapshot_sqlite(Database& sqlite, std::filesystem::path const& file) {
    make_empty(file);
    try {
        sqlite.query("VACUUM INTO $1", {file.string()});
        make_lasting(file); // SQLite itself does not sync it
    } catch (...) {
        remove_all_of(file);
        throw;
    }
}

void snapshot_used_sqlite(
    std::filesystem::path const& database,
    std::filesystem::path const& file,
    std::stop_token const& stop
) {
    SqliteDatabase reader{{.file = database, .is_read_only = true, .gives_up = [&] {
                               return stop.stop_requested();
                           }}};
    snapshot_sqlite(reader, file);
}

void snapshot_postgres(std::string const& url, std::filesystem::path const& file) {
    auto const draft = std::filesystem::path{file.string() + ".draft"};
    remove_all_of(draft);
    try {
        PostgresDatabase from{url};
        SqliteDatabase to{{.file = draft}};
        migrate(to);
        copy_everything(from, to);
        snapshot_sqlite(to, file); // in one file, without the log that the draft has beside it
    } catch (...) {
        remove_all_of(draft);
        throw;
    }
    remove_all_of(draft);
}

std::unique_ptr<Database> open_snapshot(std::filesystem::path const& file) {
    return std::make_unique<SqliteDatabase>(SqliteOptions{.file = file, .is_read_only = true});
}

} // namespace stemlathe::service
