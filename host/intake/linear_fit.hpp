#pragma once

#include "host/intake/product_blocks.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace stemlathe {

/// Gains of columns that bring their sum nearest to a target column.
struct LinearFit {
    std::vector<double> gains{}; ///< in the order of the columns asked for
    /// Standard errors, from how much the blocks of the song disagree with the gains.
    std::vector<double> errors{};
    /// A column that is a sum of others before it cannot be told apart from them: its gain is 0 and
    /// stands for nothing, and theirs include it.
    std::vector<bool> is_told_apart{};
};

/// Blocks [first, end).
struct BlockRange {
    std::size_t first = 0;
    std::size_t end = 0;
};

/// Least squares by the normal equations, in float64. Correlated columns are handled; those that
/// depend on others to 1e-9 of their power are told. Silent columns have gain 0 and are not told
/// apart.
/// Source: Golub & Van Loan, Matrix Computations, 4th ed., section 5.3.2 (normal equations) and
/// 4.2.8 (Cholesky with pivoting); errors: White, Econometrica 48(4), 1980, eq. 1, by blocks.
[[nodiscard]] LinearFit fit_gains(
    ProductBlocks const& products,
    BlockRange const& range,
    std::span<std::size_t const> columns,
    std::size_t target
);

/// Energy of target - sum of gains * columns, which rounding may leave a little off: never below
/// what float64 can tell from 0.
[[nodiscard]] double residual_energy(
    ProductMatrix const& products,
    std::span<std::size_t const> columns,
    std::span<double const> gains,
    std::size_t target
);

/// The same of one block.
[[nodiscard]] double residual_energy(
    ProductBlocks const& products,
    std::size_t block,
    std::span<std::size_t const> columns,
    std::span<double const> gains,
    std::size_t target
);

} // namespace stemlathe
