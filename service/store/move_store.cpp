#include "service/store/move_store.hpp"

#include "kernels/base/failure.hpp"
#include "service/store/json_quote.hpp"
#include "service/store/migrate.hpp"
#include "service/store/open_store.hpp"
#include "service/store/postgres/postgres_database.hpp"
#include "service/store/sqlite/sqlite_database.hpp"
#include "service/store/table_copy.hpp"

#include <fmt/format.h>

#include <utility>

namespace stemlathe::service {

namespace {

/// An array with an object for each row.
std::string json_of(TableShape const& shape, Rows const& rows) {
    std::string json = "[";
    for (auto const& row : rows) {
        json += json.size() > 1 ? ",{" : "{";
        bool is_first = true;
        for (auto const& column : shape.columns) {
            auto const& value = row.value(column);
            json += std::exchange(is_first, false) ? "" : ",";
            json += json_quote(column) + ":";
            if (auto const* const number = std::get_if<std::int64_t>(&value)) {
                json += std::to_string(*number);
            } else if (auto const* const words = std::get_if<std::string>(&value)) {
                json += json_quote(*words);
            } else {
                json += "null";
            }
        }
        json += "}";
    }
    return json + "]";
}

/// In the order in which they were written, so that an answer follows what it answers.
/// @returns what was copied
MovedTable copy_table(TableShape const& shape, Database& from, Database& to) {
    auto const read = fmt::format(
        "SELECT rowid AS row_number, * FROM {} WHERE rowid > $1 ORDER BY rowid LIMIT $2", shape.name
    );
    auto const write = fmt::format(
        "INSERT INTO {} SELECT * FROM json_populate_recordset(NULL::{}, CAST($1 AS JSON))",
        shape.name,
        shape.name
    );
    RowDigests digests;
    std::int64_t last = 0;
    for (;;) {
        auto const rows = from.query(read, {last, kRowsAtOnce});
        if (rows.empty()) {
            return digests.table(shape.name);
        }
        for (auto const& row : rows) {
            digests.add(shape, row);
            last = row.integer("row_number");
        }
        to.query(write, {json_of(shape, rows)});
    }
}

/// What the target holds now.
MovedTable read_back(TableShape const& shape, Database& to) {
    to.query(fmt::format("DECLARE move_{0} NO SCROLL CURSOR FOR SELECT * FROM {0}", shape.name));
    RowDigests digests;
    for (;;) {
        auto const rows = to.query(fmt::format("FETCH {} FROM move_{}", kRowsAtOnce, shape.name));
        if (rows.empty()) {
            return digests.table(shape.name);
        }
        for (auto const& row : rows) {
            digests.add(shape, row);
        }
    }
}

void refuse_full_target(std::vector<TableShape> const& shapes, PostgresDatabase& to) {
    for (auto const& shape : shapes) {
        if (!to.query(fmt::format("SELECT 1 AS one FROM {} LIMIT 1", shape.name)).empty()) {
            throw Failure{
                Code::invalid_argument,
                fmt::format(
                    "{} is not empty: there are rows in {}; move to a new database",
                    to.place(),
                    shape.name
                )}
                .about_key("--to");
        }
    }
}

/// Keys that count up go on where they were, so that none is used twice.
void go_on_counting(Database& from, Database& to) {
    for (auto const& row : from.query("SELECT name, seq FROM sqlite_sequence WHERE seq > 0")) {
        to.query(
            "SELECT setval(pg_get_serial_sequence($1, 'seq'), $2) AS seq",
            {row.text("name"), row.integer("seq")}
        );
    }
}

std::vector<MovedTable> move_tables(Database& from, PostgresDatabase& to) {
    auto const shapes = shapes_of(from);
    refuse_full_target(shapes, to);
    std::vector<MovedTable> tables;
    for (auto const& shape : shapes) {
        auto copied = copy_table(shape, from, to);
        auto const found = read_back(shape, to);
        if (found.rows != copied.rows || found.sha256 != copied.sha256) {
            throw Failure{
                Code::storage_failed,
                fmt::format(
                    "table {} has {} rows, and {} in {} with another digest; nothing was moved",
                    shape.name,
                    copied.rows,
                    found.rows,
                    to.place()
                )};
        }
        tables.push_back(std::move(copied));
    }
    go_on_counting(from, to);
    return tables;
}

} // namespace

Moved move_store(std::filesystem::path const& data, std::string const& url) {
    auto const file = database_file(data);
    if (!std::filesystem::exists(file)) {
        throw Failure{
            Code::not_found, fmt::format("there is no SQLite installation in {}", data.string())}
            .about_file(file.string());
    }
    SqliteDatabase from{{.file = file}};
    if (auto const place = moved_to(from); !place.empty()) {
        throw Failure{
            Code::invalid_argument,
            fmt::format("the installation in {} was moved to {} already", data.string(), place)}
            .about_file(file.string());
    }
    migrate(from);
    PostgresDatabase to{url};
    migrate(to);

    Transaction mark{from};
    Transaction change{to};
    to.query("SET LOCAL statement_timeout = 0");
    auto tables = move_tables(from, to);
    mark_as_moved(from, to.place());
    change.commit();
    mark.commit();
    return {.place = to.place(), .tables = std::move(tables)};
}

} // namespace stemlathe::service
