#include "service/store/table_copy.hpp"

#include "formats/checksum.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stemlathe::service {

std::vector<TableShape> shapes_of(Database& sqlite) {
    std::vector<TableShape> shapes;
    for (auto const& table : sqlite.query("SELECT name FROM sqlite_master WHERE type = 'table'"
                                          " AND name NOT LIKE 'sqlite%' AND name NOT "
                                          "IN('schema_version', 'schema_file') ORDER BY rowid")) {
        TableShape shape{.name = table.text("name")};
        for (auto const& column :
             sqlite.query("SELECT name FROM pragma_table_info($1) ORDER BY cid", {shape.name})) {
            shape.columns.push_back(column.text("name"));
        }
        shapes.push_back(std::move(shape));
    }
    return shapes;
}

void RowDigests::add(TableShape const& shape, Row const& row) {
    std::string text;
    for (auto const& column : shape.columns) {
        auto const& value = row.value(column);
        if (auto const* const number = std::get_if<std::int64_t>(&value)) {
            text += fmt::format("n{};", *number);
        } else if (auto const* const words = std::get_if<std::string>(&value)) {
            text += fmt::format("t{}:{};", words->size(), *words);
        } else {
            text += "-;";
        }
    }
    rows_.push_back(sha256_of_text(text));
}

MovedTable RowDigests::table(std::string name) {
    std::ranges::sort(rows_);
    std::string all;
    for (auto const& row : rows_) {
        all += row;
    }
    return {
        .name = std::move(name),
        .rows = static_cast<std::int64_t>(rows_.size()),
        .sha256 = sha256_of_text(all)};
}

} // namespace stemlathe::service
