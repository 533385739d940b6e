#include "host/intake/origin/float_fourier.hpp"
#include "tests/support/signals.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>

namespace stemlathe::test {

namespace {

using Values = std::vector<std::complex<double>>;

Values noise_of(std::size_t size) {
    Values values(size);
    for (std::size_t n = 0; n < size; ++n) {
        values[n] = {uniform(1, n) - 0.5, uniform(2, n) - 0.5};
    }
    return values;
}

/// The sum as it is written down.
Values definition(Values const& values) {
    Values out(values.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
        for (std::size_t n = 0; n < values.size(); ++n) {
            double const turn =
                static_cast<double>(n * k % values.size()) / static_cast<double>(values.size());
            out[k] += values[n] * std::polar(1.0, -2.0 * std::numbers::pi * turn);
        }
    }
    return out;
}

/// Largest difference to the definition, over the rms of the result.
double worst_error(std::size_t size) {
    auto const values = noise_of(size);
    std::vector<float> real(size);
    std::vector<float> imaginary(size);
    for (std::size_t n = 0; n < size; ++n) {
        real[n] = static_cast<float>(values[n].real());
        imaginary[n] = static_cast<float>(values[n].imag());
    }
    FloatFourier{size}.transform(real, imaginary);
    auto const expected = definition(values);
    double worst = 0.0;
    double square = 0.0;
    for (std::size_t k = 0; k < size; ++k) {
        worst =
            std::max(worst, std::abs(expected[k] - std::complex<double>(real[k], imaginary[k])));
        square += std::norm(expected[k]);
    }
    return worst / std::sqrt(square / static_cast<double>(size));
}

// Each pass rounds a few times by half a unit in the last place, 2^-24.
constexpr double kFloatError = 2e-6;

TEST(FloatFourier, IsTheSumOfItsDefinition) {
    for (std::size_t size = 1; size <= 1024; size *= 2) {
        EXPECT_LT(worst_error(size), kFloatError) << size;
    }
}

TEST(FloatFourier, FindsALineWhereItIs) {
    constexpr std::size_t kSize = 4096;
    constexpr std::size_t kBin = 1234;
    std::vector<float> real(kSize);
    std::vector<float> imaginary(kSize);
    for (std::size_t n = 0; n < kSize; ++n) {
        double const turn = static_cast<double>(n * kBin % kSize) / kSize;
        real[n] = static_cast<float>(std::cos(2.0 * std::numbers::pi * turn));
    }
    FloatFourier fourier{kSize};
    fourier.transform(real, imaginary);
    for (std::size_t k = 0; k < kSize; ++k) {
        bool const is_line = k == kBin || k == kSize - kBin;
        EXPECT_NEAR(real[k], is_line ? kSize / 2.0 : 0.0, kSize * kFloatError) << k;
        EXPECT_NEAR(imaginary[k], 0.0, kSize * kFloatError) << k;
    }
}

} // namespace

} // namespace stemlathe::test
