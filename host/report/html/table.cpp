#include "host/report/html/table.hpp"

#include "kernels/base/assert.hpp"

#include <cstddef>

namespace stemlathe::html {

void Table::row(std::vector<std::string> const& cells) {
    STEMLATHE_ASSERT(cells.size() == columns_.size());
    rows_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
        rows_ +=
            i == 0 ? R"(<th scope="row">)" : (columns_[i].is_number ? R"(<td class="n">)" : "<td>");
        rows_ += cells[i] + (i == 0 ? "</th>" : "</td>");
    }
    rows_ += "</tr>\n";
}

std::string Table::text() const {
    std::string head;
    for (auto const& column : columns_) {
        head += column.is_number ? R"(<th scope="col" class="n">)" : R"(<th scope="col">)";
        head += column.title + "</th>";
    }
    return R"(<div class="scroll"><table><thead><tr>)" + head + "</tr></thead><tbody>\n" + rows_ +
           "</tbody></table></div>";
}

} // namespace stemlathe::html
