#pragma once

#include <cstddef>
#include <vector>

namespace stemlathe::html {

struct Span {
    double from = 0.0;
    double to = 0.0;
};

/// The row of each span, such that no two of one row overlap; earlier starts go first, each into
/// the uppermost row that has room.
[[nodiscard]] std::vector<std::size_t> packed_rows(std::vector<Span> const& spans);

/// How many rows those are.
[[nodiscard]] std::size_t row_count(std::vector<std::size_t> const& rows);

} // namespace stemlathe::html
