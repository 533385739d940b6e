#include "host/report/html/packing.hpp"

#include <algorithm>
#include <numeric>

namespace stemlathe::html {

std::vector<std::size_t> packed_rows(std::vector<Span> const& spans) {
    std::vector<std::size_t> order(spans.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t index) { return spans[index].from; });
    std::vector<double> ends; // of the last span of each row
    std::vector<std::size_t> rows(spans.size());
    for (auto const index : order) {
        auto const row =
            std::ranges::find_if(ends, [&](double end) { return end <= spans[index].from; });
        rows[index] = static_cast<std::size_t>(row - ends.begin());
        if (row == ends.end()) {
            ends.push_back(spans[index].to);
        } else {
            *row = spans[index].to;
        }
    }
    return rows;
}

std::size_t row_count(std::vector<std::size_t> const& rows) {
    return rows.empty() ? 0 : *std::ranges::max_element(rows) + 1;
}

} // namespace stemlathe::html
