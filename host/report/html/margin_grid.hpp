#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stemlathe::html {

/// Classes of margins over time and bands: what a heat map is drawn from.
struct MarginGrid {
    static constexpr std::uint8_t kNothing = 0; ///< the stem has nothing of importance there
    static constexpr std::uint8_t kClear = 6;   ///< 1 .. 5: kSeverities[class - 1]

    std::size_t columns = 0;
    std::size_t bands = 0;
    std::vector<std::uint8_t> classes{}; ///< [columns][bands], the lowest band first
};

/// @param margin_db  [columns][bands], NaN where nothing is
/// @param merge      columns that become one, of their mean margin; >= 1
[[nodiscard]] MarginGrid
margin_grid(std::vector<float> const& margin_db, std::size_t bands, std::size_t merge);

/// One path per class, the lowest band at the bottom; a run of cells of one band is one stroke of
/// width 1. Units: a column by a band. Each path holds the worse classes too, which are drawn over
/// it: neighbouring cells mostly differ by one class, so that this takes half as many runs.
[[nodiscard]] std::string grid_paths(MarginGrid const& grid);

} // namespace stemlathe::html
