#include "host/intake/origin/float_fourier.hpp"

#include "kernels/base/assert.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <utility>

namespace stemlathe {

FloatFourier::FloatFourier(std::size_t size)
    : size_(size),
      cosines_(3 * size / 4 + 1),
      sines_(3 * size / 4 + 1),
      real_(size),
      imaginary_(size) {
    STEMLATHE_ASSERT(std::has_single_bit(size) && size <= (std::size_t{1} << 30U));
    for (std::size_t k = 0; k < cosines_.size(); ++k) {
        double const angle =
            -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(size);
        cosines_[k] = static_cast<float>(std::cos(angle));
        sines_[k] = static_cast<float>(std::sin(angle));
    }
}

/// `stride` transforms of `length` become four times as many of a quarter of it.
void FloatFourier::pass_of_4(std::size_t length, std::size_t stride, Parts from, Parts to) const {
    std::size_t const leg = length / 4 * stride;
    for (std::size_t p = 0; p < length / 4; ++p) {
        std::size_t const turn = p * stride; // size / length is the stride
        float const cos1 = cosines_[turn];
        float const sin1 = sines_[turn];
        float const cos2 = cosines_[2 * turn];
        float const sin2 = sines_[2 * turn];
        float const cos3 = cosines_[3 * turn];
        float const sin3 = sines_[3 * turn];
        float const* __restrict re = from.real + p * stride;
        float const* __restrict im = from.imaginary + p * stride;
        float* __restrict out_re = to.real + 4 * p * stride;
        float* __restrict out_im = to.imaginary + 4 * p * stride;
        for (std::size_t q = 0; q < stride; ++q) {
            float const even_re = re[q] + re[q + 2 * leg];
            float const even_im = im[q] + im[q + 2 * leg];
            float const skew_re = re[q] - re[q + 2 * leg];
            float const skew_im = im[q] - im[q + 2 * leg];
            float const odd_re = re[q + leg] + re[q + 3 * leg];
            float const odd_im = im[q + leg] + im[q + 3 * leg];
            float const turned_re = im[q + leg] - im[q + 3 * leg]; // by -i
            float const turned_im = re[q + 3 * leg] - re[q + leg];
            out_re[q] = even_re + odd_re;
            out_im[q] = even_im + odd_im;
            float const b_re = skew_re + turned_re;
            float const b_im = skew_im + turned_im;
            out_re[q + stride] = b_re * cos1 - b_im * sin1;
            out_im[q + stride] = b_re * sin1 + b_im * cos1;
            float const c_re = even_re - odd_re;
            float const c_im = even_im - odd_im;
            out_re[q + 2 * stride] = c_re * cos2 - c_im * sin2;
            out_im[q + 2 * stride] = c_re * sin2 + c_im * cos2;
            float const d_re = skew_re - turned_re;
            float const d_im = skew_im - turned_im;
            out_re[q + 3 * stride] = d_re * cos3 - d_im * sin3;
            out_im[q + 3 * stride] = d_re * sin3 + d_im * cos3;
        }
    }
}

/// The last pass of a size that is no power of four.
void FloatFourier::pass_of_2(Parts from, Parts to) const {
    std::size_t const half = size_ / 2;
    for (std::size_t q = 0; q < half; ++q) {
        to.real[q] = from.real[q] + from.real[q + half];
        to.imaginary[q] = from.imaginary[q] + from.imaginary[q + half];
        to.real[q + half] = from.real[q] - from.real[q + half];
        to.imaginary[q + half] = from.imaginary[q] - from.imaginary[q + half];
    }
}

void FloatFourier::transform(std::span<float> real, std::span<float> imaginary) {
    STEMLATHE_ASSERT(real.size() == size_ && imaginary.size() == size_);
    Parts from{real.data(), imaginary.data()};
    Parts to{real_.data(), imaginary_.data()};
    std::size_t length = size_;
    for (; length >= 4; length /= 4) {
        pass_of_4(length, size_ / length, from, to);
        std::swap(from, to);
    }
    if (length == 2) {
        pass_of_2(from, to);
        std::swap(from, to);
    }
    if (from.real != real.data()) {
        std::ranges::copy(real_, real.begin());
        std::ranges::copy(imaginary_, imaginary.begin());
    }
}

} // namespace stemlathe
