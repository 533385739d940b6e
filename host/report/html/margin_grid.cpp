#include "host/report/html/margin_grid.hpp"

#include "host/report/html/severity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace stemlathe::html {

namespace {

std::uint8_t class_of(double sum_db, int count) noexcept {
    return count == 0 ? MarginGrid::kNothing
                      : static_cast<std::uint8_t>(severity_of(sum_db / count) + 1);
}

/// The pen of a path: knows where it is, so that every step can be relative.
class Pen {
  public:
    void run(std::ptrdiff_t x, std::ptrdiff_t y, std::ptrdiff_t length) {
        auto out = std::back_inserter(path_);
        auto const dy = y - y_;
        fmt::format_to(out, "m{}{}{}h{}", x - x_, dy < 0 ? "" : " ", dy, length);
        x_ = x + length;
        y_ = y;
    }

    [[nodiscard]] std::string const& path() const noexcept {
        return path_;
    }

  private:
    std::string path_;
    std::ptrdiff_t x_ = 0;
    std::ptrdiff_t y_ = 0;
};

/// Cells of class `wanted` or worse.
std::string path_of(MarginGrid const& grid, std::uint8_t wanted) {
    Pen pen;
    for (std::size_t row = 0; row < grid.bands; ++row) {
        auto const band = grid.bands - 1 - row;
        auto const is_wanted = [&](std::size_t column) {
            auto const there = grid.classes[column * grid.bands + band];
            return there != MarginGrid::kNothing && there <= wanted;
        };
        for (std::size_t column = 0; column < grid.columns;) {
            auto const from = column;
            while (column < grid.columns && is_wanted(column)) {
                ++column;
            }
            if (column > from) {
                pen.run(
                    static_cast<std::ptrdiff_t>(from),
                    static_cast<std::ptrdiff_t>(row),
                    static_cast<std::ptrdiff_t>(column - from)
                );
            } else {
                ++column;
            }
        }
    }
    return pen.path();
}

} // namespace

MarginGrid margin_grid(std::vector<float> const& margin_db, std::size_t bands, std::size_t merge) {
    auto const given = bands == 0 ? 0 : margin_db.size() / bands;
    MarginGrid grid{.columns = (given + merge - 1) / merge, .bands = bands, .classes = {}};
    grid.classes.resize(grid.columns * bands);
    for (std::size_t column = 0; column < grid.columns; ++column) {
        for (std::size_t band = 0; band < bands; ++band) {
            double sum_db = 0.0;
            int count = 0;
            for (auto k = column * merge; k < std::min((column + 1) * merge, given); ++k) {
                auto const cell = static_cast<double>(margin_db[k * bands + band]);
                bool const is_there = !std::isnan(cell);
                sum_db += is_there ? cell : 0.0;
                count += is_there ? 1 : 0;
            }
            grid.classes[column * bands + band] = class_of(sum_db, count);
        }
    }
    return grid;
}

std::string grid_paths(MarginGrid const& grid) {
    std::string out;
    for (auto wanted = MarginGrid::kClear; wanted > MarginGrid::kNothing; --wanted) {
        auto const path = path_of(grid, wanted);
        if (!path.empty()) {
            out += fmt::format(R"(<path class="v{}" d="{}"/>)", wanted, path);
        }
    }
    return out;
}

} // namespace stemlathe::html
