#include "service/cli/table.hpp"

#include "kernels/base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stemlathe::service {

namespace {

/// Characters, not bytes: a file name may be UTF-8.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::string padded(std::string const& text, std::size_t width, Table::Align align) {
    std::string const space(width - std::min(width, width_of(text)), ' ');
    return align == Table::Align::left ? text + space : space + text;
}

} // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::row(std::vector<std::string> cells) {
    STEMLATHE_ASSERT(cells.size() == columns_.size());
    rows_.push_back(std::move(cells));
}

std::string Table::text() const {
    std::vector<std::string> titles;
    for (auto const& column : columns_) {
        titles.push_back(column.title);
    }
    auto lines = rows_;
    lines.insert(lines.begin(), std::move(titles));
    std::string out;
    for (auto const& line : lines) {
        std::string text;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            std::size_t width = 0;
            for (auto const& other : lines) {
                width = std::max(width, width_of(other[i]));
            }
            text += (i == 0 ? "" : "  ") + padded(line[i], width, columns_[i].align);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + '\n';
    }
    return out;
}

std::string figure(std::optional<double> value, int decimals) {
    return value ? fmt::format("{:.{}f}", *value, decimals) : "-";
}

} // namespace stemlathe::service
