#include "host/intake/linear_fit.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace stemlathe {

namespace {

/// Share of a column's power that must not be a sum of the columns before it.
constexpr double kDependent = 1e-9;

/// The lower triangle of a Cholesky factor of the columns that can be told apart, in the order in
/// which they were chosen.
class Factor {
  public:
    /// @param at  the symmetric matrix, at(i, j)
    template <typename Matrix>
    Factor(std::size_t size, Matrix const& at) : size_(size) {
        std::vector<double> rest(size);
        for (std::size_t i = 0; i < size; ++i) {
            rest[i] = at(i, i);
        }
        std::vector<bool> is_chosen(size, false);
        while (order_.size() < size) {
            auto const next = most_independent(rest, is_chosen, at);
            if (!next) {
                break;
            }
            is_chosen[*next] = true;
            choose(*next, rest, at);
        }
    }

    [[nodiscard]] std::vector<std::size_t> const& order() const noexcept {
        return order_;
    }

    /// Solves for the chosen columns; the others are 0.
    [[nodiscard]] std::vector<double> solve(std::span<double const> right) const {
        auto const rank = order_.size();
        std::vector<double> middle(rank);
        for (std::size_t row = 0; row < rank; ++row) {
            double sum = right[order_[row]];
            for (std::size_t k = 0; k < row; ++k) {
                sum -= lower(order_[row], k) * middle[k];
            }
            middle[row] = sum / lower(order_[row], row);
        }
        std::vector<double> out(size_);
        for (std::size_t row = rank; row-- > 0;) {
            double sum = middle[row];
            for (std::size_t k = row + 1; k < rank; ++k) {
                sum -= lower(order_[k], row) * out[order_[k]];
            }
            out[order_[row]] = sum / lower(order_[row], row);
        }
        return out;
    }

  private:
    /// The column whose share that the chosen ones do not explain is largest; ties and equal
    /// columns go to the first.
    template <typename Matrix>
    [[nodiscard]] static std::optional<std::size_t> most_independent(
        std::span<double const> rest, std::vector<bool> const& is_chosen, Matrix const& at
    ) {
        std::optional<std::size_t> best;
        double best_share = kDependent;
        for (std::size_t i = 0; i < rest.size(); ++i) {
            double const share = at(i, i) > 0.0 ? rest[i] / at(i, i) : 0.0;
            if (!is_chosen[i] && share > best_share * (1.0 + kDependent)) {
                best = i;
                best_share = share;
            }
        }
        return best;
    }

    template <typename Matrix>
    void choose(std::size_t column, std::vector<double>& rest, Matrix const& at) {
        auto const k = order_.size();
        double const diagonal = std::sqrt(rest[column]);
        columns_.emplace_back(size_);
        for (std::size_t i = 0; i < size_; ++i) {
            if (std::ranges::find(order_, i) != order_.end()) {
                continue;
            }
            double sum = at(i, column);
            for (std::size_t m = 0; m < k; ++m) {
                sum -= lower(i, m) * lower(column, m);
            }
            columns_[k][i] = i == column ? diagonal : sum / diagonal;
            rest[i] -= columns_[k][i] * columns_[k][i];
        }
        order_.push_back(column);
    }

    [[nodiscard]] double lower(std::size_t column, std::size_t k) const {
        return columns_[k][column];
    }

    std::size_t size_;
    std::vector<std::size_t> order_;
    std::vector<std::vector<double>> columns_; ///< [chosen][column]
};

/// White's estimate: the inverse around the sum over blocks of score times score.
std::vector<double> errors_of(
    ProductBlocks const& products,
    BlockRange const& range,
    std::span<std::size_t const> columns,
    std::size_t target,
    std::span<double const> gains,
    Factor const& factor
) {
    auto const size = columns.size();
    std::vector<double> scores(size);
    std::vector<double> meat(size * size);
    for (auto block = range.first; block < range.end; ++block) {
        for (std::size_t i = 0; i < size; ++i) {
            double score = products.at(block, columns[i], target);
            for (std::size_t j = 0; j < size; ++j) {
                score -= products.at(block, columns[i], columns[j]) * gains[j];
            }
            scores[i] = score;
        }
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = 0; j < size; ++j) {
                meat[i * size + j] += scores[i] * scores[j];
            }
        }
    }
    std::vector<double> errors(size);
    std::vector<double> unit(size);
    for (auto const i : factor.order()) {
        std::ranges::fill(unit, 0.0);
        unit[i] = 1.0;
        auto const row = factor.solve(unit);
        double variance = 0.0;
        for (std::size_t a = 0; a < size; ++a) {
            double inner = 0.0;
            for (std::size_t b = 0; b < size; ++b) {
                inner += meat[a * size + b] * row[b];
            }
            variance += row[a] * inner;
        }
        errors[i] = std::sqrt(std::max(variance, 0.0));
    }
    return errors;
}

/// `at(i, j)` gives products; @returns the energy that gains leave.
template <typename Products>
double energy_left(
    Products const& at,
    std::span<std::size_t const> columns,
    std::span<double const> gains,
    std::size_t target
) {
    double const whole = at(target, target);
    double sum = whole;
    double most = whole; // of what cancels
    for (std::size_t i = 0; i < columns.size(); ++i) {
        sum -= 2.0 * gains[i] * at(columns[i], target);
        for (std::size_t j = 0; j < columns.size(); ++j) {
            sum += gains[i] * gains[j] * at(columns[i], columns[j]);
        }
        most = std::max(most, gains[i] * gains[i] * at(columns[i], columns[i]));
    }
    constexpr double kRounding = 1e-15;
    return std::max(sum, kRounding * most);
}

} // namespace

LinearFit fit_gains(
    ProductBlocks const& products,
    BlockRange const& range,
    std::span<std::size_t const> columns,
    std::size_t target
) {
    auto const sums = products.sum(range.first, range.end);
    Factor const factor{columns.size(), [&](std::size_t i, std::size_t j) {
                            return sums.at(columns[i], columns[j]);
                        }};
    std::vector<double> right(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        right[i] = sums.at(columns[i], target);
    }
    LinearFit fit{
        .gains = factor.solve(right), .is_told_apart = std::vector<bool>(columns.size(), false)};
    for (auto const i : factor.order()) {
        fit.is_told_apart[i] = true;
    }
    fit.errors = errors_of(products, range, columns, target, fit.gains, factor);
    return fit;
}

double residual_energy(
    ProductMatrix const& products,
    std::span<std::size_t const> columns,
    std::span<double const> gains,
    std::size_t target
) {
    auto const at = [&](std::size_t i, std::size_t j) {
        return products.at(i, j);
    };
    return energy_left(at, columns, gains, target);
}

double residual_energy(
    ProductBlocks const& products,
    std::size_t block,
    std::span<std::size_t const> columns,
    std::span<double const> gains,
    std::size_t target
) {
    auto const at = [&](std::size_t i, std::size_t j) {
        return products.at(block, i, j);
    };
    return energy_left(at, columns, gains, target);
}

} // namespace stemlathe
