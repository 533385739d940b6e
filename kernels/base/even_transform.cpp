#include "kernels/base/even_transform.hpp"

#include "kernels/base/assert.hpp"

#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <utility>

namespace stemlathe {

namespace {

using Complex = std::complex<double>;

/// a b, without the checks for infinities that std::complex makes.
Complex product(Complex a, Complex b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

/// exp(-2 pi i k / size) for k = 0 .. size / 2.
std::vector<Complex> turns(std::size_t size) {
    std::vector<Complex> table(size / 2 + 1);
    for (std::size_t k = 0; k < table.size(); ++k) {
        double const angle =
            2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(size);
        table[k] = {std::cos(angle), -std::sin(angle)};
    }
    return table;
}

/// Stockham's transform of radix 2: natural order without reordering. `turn` is of twice the size.
/// Source: Van Loan, Computational Frameworks for the FFT, algorithm 1.7.2.
std::vector<Complex> transform(std::vector<Complex> from, std::vector<Complex> const& turn) {
    std::vector<Complex> to(from.size());
    auto const half = from.size() / 2;
    for (std::size_t stride = 1; stride < from.size(); stride *= 2) {
        for (std::size_t group = 0; group < half; group += stride) {
            auto const twiddle = turn[2 * group];
            for (std::size_t i = 0; i < stride; ++i) {
                auto const a = from[group + i];
                auto const b = from[group + half + i];
                to[2 * group + i] = a + b;
                to[2 * group + stride + i] = product(a - b, twiddle);
            }
        }
        std::swap(from, to);
    }
    return from;
}

} // namespace

std::vector<double> even_transform(std::span<double const> half) {
    STEMLATHE_ASSERT(half.size() > 4 && std::has_single_bit(half.size() - 1));
    auto const size = 2 * (half.size() - 1);
    auto const mirrored = [&](std::size_t n) {
        return half[n <= size / 2 ? n : size - n];
    };
    // Even and odd elements as the real and imaginary parts of one transform of half the size,
    // taken apart afterwards by symmetry. Source: Oppenheim & Schafer, section 9.2 and
    // problem 9.33.
    std::vector<Complex> packed(size / 2);
    for (std::size_t n = 0; n < packed.size(); ++n) {
        packed[n] = {mirrored(2 * n), mirrored(2 * n + 1)};
    }
    auto const turn = turns(size);
    packed = transform(std::move(packed), turn);
    std::vector<double> result(half.size());
    for (std::size_t k = 0; k < result.size(); ++k) {
        auto const a = packed[k % packed.size()];
        auto const b = std::conj(packed[(packed.size() - k) % packed.size()]);
        auto const odd = product(a - b, turn[k]);
        result[k] = 0.5 * (a.real() + b.real() + odd.imag());
    }
    return result;
}

} // namespace stemlathe
