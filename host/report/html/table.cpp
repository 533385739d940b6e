#include "host/report/html/table.hpp"

#include "kernels/base/assert.hpp"

#include <cstddef>

namespace stemlathe::html {

void Table::row(std::vector<std::string> const& cells) {
    STEMLATHE_ASSERT(cells.size() == columns_.size());
    rows_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
        rows_ +=
            i == 0 ? "<th scope=\"row\">" : (columns_[i].is_number ? "<td class=\"n\">" : "<td>");
        rows_ += cells[i] + (i == 0 ? "</th>" : "</td>");
    }
    rows_ += "</tr>\n";
}

std::string Table::text() const {
    std::string head;
    for (auto const& column : columns_) {
        head += column.is_number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">";
        head += column.title + "</th>";
    }
    return "<div class=\"scroll\"><table><thead><tr>" + head + "</tr></thead><tbody>\n" + rows_ +
           "</tbody></table></div>";
}

} // namespace stemlathe::html
