#include "host/intake/interleaved_fourier.hpp"

#include "kernels/base/assert.hpp"

#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

namespace stemlathe {

InterleavedFourier::InterleavedFourier(std::size_t size) : mirrored_(size) {
    STEMLATHE_ASSERT(size >= 2 && std::has_single_bit(size));
    for (std::size_t i = 1; i < size; ++i) {
        mirrored_[i] = mirrored_[i / 2] / 2 + (i % 2 != 0 ? size / 2 : 0);
    }
    turns_.reserve(size);
    for (std::size_t half = 1; half < size; half *= 2) {
        for (std::size_t i = 0; i < half; ++i) {
            double const angle =
                -std::numbers::pi * static_cast<double>(i) / static_cast<double>(half);
            turns_.emplace_back(std::cos(angle), std::sin(angle));
        }
    }
}

void InterleavedFourier::transform(std::span<std::complex<double>> values) const {
    STEMLATHE_ASSERT(values.size() == size());
    for (std::size_t i = 0; i < size(); ++i) {
        if (i < mirrored_[i]) {
            std::swap(values[i], values[mirrored_[i]]);
        }
    }
    auto const* turns = turns_.data();
    for (std::size_t half = 1; half < size(); half *= 2) {
        for (std::size_t start = 0; start < size(); start += 2 * half) {
            auto* low = values.data() + start;
            auto* high = low + half;
            for (std::size_t i = 0; i < half; ++i) {
                auto const even = low[i];
                auto const odd = product(high[i], turns[i]);
                low[i] = even + odd;
                high[i] = even - odd;
            }
        }
        turns += half;
    }
}

} // namespace stemlathe
