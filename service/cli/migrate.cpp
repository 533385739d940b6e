#include "host/report/json_text.hpp"
#include "kernels/base/failure.hpp"
#include "service/cli/arguments.hpp"
#include "service/cli/command.hpp"
#include "service/cli/table.hpp"
#include "service/store/move_store.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace stemlathe::service {

namespace {

namespace json = boost::json;

constexpr std::string_view kMigrateHelp =
    R"(stemlathe migrate --from <dir> --to <url> [--json]

Moves what a service remembers from the SQLite file in its data folder to an empty PostgreSQL of
version 15 or newer, and compares every table by its rows and their digest. All of it is moved or
nothing. Files stay where they are: start the service with the same --data and, in its
stemlathe.toml, [store] url. The SQLite file stays as a backup that no service takes up again.

  --from <dir>   The data folder of a service that is stopped.
  --to <url>     postgresql://user@host:port/database; several hosts with commas. A password is
                 better kept in ~/.pgpass or PGPASSWORD. The database must be empty, UTF-8 and
                 sorted by bytes: createdb --template=template0 --encoding=UTF8 --locale=C
  --json         One object on stdout: "to" and, for each table, "table", "rows" and "sha256".

Example: stemlathe migrate --from var --to postgresql://stemlathe@db.example/stemlathe
)";

void print_moved(Moved const& moved) {
    using enum Table::Align;
    Table table{{{"Table", left}, {"Rows", right}, {"SHA-256", left}}};
    for (auto const& one : moved.tables) {
        table.row({one.name, std::to_string(one.rows), one.sha256});
    }
    fmt::print("{}moved to {}, where every table has these digests\n", table.text(), moved.place);
}

int run_migrate(Words const& words) {
    std::string from;
    std::string to;
    bool as_json = false;
    Arguments arguments{"migrate"};
    arguments.option("--from", from);
    arguments.option("--to", to);
    arguments.flag("--json", as_json);
    arguments.parse(words);
    for (auto const& [word, value] : {std::pair{"--from", from}, std::pair{"--to", to}}) {
        if (value.empty()) {
            throw Failure{
                Code::invalid_argument,
                fmt::format("migrate needs {}; see stemlathe migrate --help", word)}
                .about_key(word);
        }
    }
    auto const moved = move_store(from, to);
    if (!as_json) {
        print_moved(moved);
        return 0;
    }
    json::array tables;
    for (auto const& table : moved.tables) {
        tables.push_back({{"table", table.name}, {"rows", table.rows}, {"sha256", table.sha256}});
    }
    fmt::print("{}", json_text(json::object{{"to", moved.place}, {"tables", std::move(tables)}}));
    return 0;
}

} // namespace

Command const kMigrateCommand{.name = "migrate", .help = kMigrateHelp, .run = run_migrate};

} // namespace stemlathe::service
