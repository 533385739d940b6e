#include "host/compare/correlation.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <utility>
#include <vector>

namespace stemlathe {

namespace {

using Spectrum = std::vector<std::complex<double>>;

/// In place, a power of two long; decimation in time. Source: Cooley & Tukey, Math. Comp. 19, 1965.
void transform(Spectrum& values) {
    std::size_t const size = values.size();
    for (std::size_t i = 1, j = 0; i < size; ++i) {
        std::size_t bit = size / 2;
        for (; (j & bit) != 0; bit /= 2) {
            j ^= bit;
        }
        j ^= bit;
        if (i < j) {
            std::swap(values[i], values[j]);
        }
    }
    Spectrum turns(size / 2);
    for (std::size_t i = 0; i < turns.size(); ++i) {
        double const angle =
            -2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size);
        turns[i] = {std::cos(angle), std::sin(angle)};
    }
    for (std::size_t half = 1; half < size; half *= 2) {
        std::size_t const step = size / (2 * half);
        for (std::size_t start = 0; start < size; start += 2 * half) {
            for (std::size_t i = 0; i < half; ++i) {
                auto const even = values[start + i];
                auto const odd = values[start + i + half] * turns[i * step];
                values[start + i] = even + odd;
                values[start + i + half] = even - odd;
            }
        }
    }
}

} // namespace

std::int64_t best_lag(std::span<float const> a, std::span<float const> b, std::int64_t max_lag) {
    // Long enough that no lag wraps round to another.
    auto const size = std::bit_ceil(a.size() + b.size() + static_cast<std::size_t>(max_lag) + 1);
    // Both are real: one transform takes them together as real and imaginary part.
    Spectrum both(size);
    for (std::size_t i = 0; i < size; ++i) {
        both[i] = {i < a.size() ? a[i] : 0.0, i < b.size() ? b[i] : 0.0};
    }
    transform(both);
    Spectrum cross(size);
    for (std::size_t i = 0; i < size; ++i) {
        auto const mirrored = std::conj(both[(size - i) & (size - 1)]);
        auto const spectrum_a = 0.5 * (both[i] + mirrored);
        auto const spectrum_b = std::complex{0.0, -0.5} * (both[i] - mirrored);
        // Conjugated, so that a second forward transform is the inverse of what is wanted.
        cross[i] = std::conj(std::conj(spectrum_a) * spectrum_b);
    }
    transform(cross);
    std::int64_t best = 0;
    auto const at = [&](std::int64_t lag) {
        auto const index =
            lag >= 0 ? static_cast<std::size_t>(lag) : size - static_cast<std::size_t>(-lag);
        return std::abs(cross[index].real());
    };
    for (std::int64_t lag = 1; lag <= max_lag; ++lag) {
        for (auto const signed_lag : {lag, -lag}) {
            if (at(signed_lag) > at(best)) {
                best = signed_lag;
            }
        }
    }
    return best;
}

} // namespace stemlathe
