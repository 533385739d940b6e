#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace stemlathe::reference {

/// The gains of `columns` whose sum is nearest to `target`: least squares on the samples
/// themselves, by orthogonalisation instead of normal equations, in extended precision.
/// Source: Bjorck, Numerical Methods for Least Squares Problems, 1996, algorithm 2.4.5 (modified
/// Gram-Schmidt).
inline std::vector<double>
linear_fit(std::span<std::vector<float> const> columns, std::span<float const> target) {
    using Values = std::vector<long double>;
    auto const dot = [](Values const& a, Values const& b) {
        long double sum = 0.0L;
        for (std::size_t n = 0; n < a.size(); ++n) {
            sum += a[n] * b[n];
        }
        return sum;
    };
    std::vector<Values> basis;
    for (auto const& column : columns) {
        basis.emplace_back(column.begin(), column.end());
    }
    Values rest(target.begin(), target.end());
    auto const size = basis.size();
    std::vector<long double> right(size);
    std::vector<std::vector<long double>> upper(size, std::vector<long double>(size));
    for (std::size_t k = 0; k < size; ++k) {
        upper[k][k] = std::sqrt(dot(basis[k], basis[k]));
        for (auto& value : basis[k]) {
            value /= upper[k][k];
        }
        auto const take_out = [&](Values& from) {
            auto const share = dot(basis[k], from);
            for (std::size_t n = 0; n < from.size(); ++n) {
                from[n] -= share * basis[k][n];
            }
            return share;
        };
        for (std::size_t j = k + 1; j < size; ++j) {
            upper[k][j] = take_out(basis[j]);
        }
        right[k] = take_out(rest);
    }
    std::vector<double> gains(size);
    for (std::size_t k = size; k-- > 0;) {
        long double sum = right[k];
        for (std::size_t j = k + 1; j < size; ++j) {
            sum -= upper[k][j] * gains[j];
        }
        gains[k] = static_cast<double>(sum / upper[k][k]);
    }
    return gains;
}

} // namespace stemlathe::reference
