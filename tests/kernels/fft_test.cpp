#include "tests/support/audio_matchers.hpp"
#include "tests/support/fft_probe.hpp"

#include <fftw3.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <string>

namespace stemlathe::test {

namespace {

/// Where float32 transforms of noise at -12 dBFS come to; FFTW's own error is as large.
constexpr double kRoundTrip_dbfs = -125.0;
constexpr double kConvolution_dbfs = -120.0;

/// Even taps that die away, about 1 in sum of squares, nothing special in any bin.
std::vector<float> some_taps(std::size_t half) {
    std::vector<float> taps(2 * half + 1);
    for (std::size_t n = 0; n <= half; ++n) {
        double const decay = std::exp(-4.0 * static_cast<double>(n) / static_cast<double>(half));
        double const scale = 1.0 / std::sqrt(static_cast<double>(half));
        auto const tap = static_cast<float>((uniform(11, n) - 0.5) * decay * scale);
        taps[half + n] = tap;
        taps[half - n] = tap;
    }
    return taps;
}

using Spectrum = std::vector<std::complex<double>>;

/// The definition: X[k] = sum of x[n] exp(-+ 2 pi i k n / N).
Spectrum naive_transform(Spectrum const& from, double sign) {
    auto const size = from.size();
    Spectrum turns(size);
    for (std::size_t n = 0; n < size; ++n) {
        turns[n] = std::polar(
            1.0, sign * 2.0 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(size)
        );
    }
    Spectrum to(size);
    for (std::size_t k = 0; k < size; ++k) {
        for (std::size_t n = 0; n < size; ++n) {
            to[k] += from[n] * turns[k * n % size];
        }
    }
    return to;
}

Spectrum complex_of(Signal const& signal) {
    Spectrum values(signal.size() / 2);
    for (std::size_t n = 0; n < values.size(); ++n) {
        values[n] = {signal[2 * n], signal[2 * n + 1]};
    }
    return values;
}

/// Taps around index 0 of a circle of `size` frames.
Signal around_zero(std::vector<float> const& taps, std::size_t size) {
    auto signal = silence(static_cast<std::int64_t>(size));
    auto const half = taps.size() / 2;
    for (std::size_t i = 0; i < taps.size(); ++i) {
        signal[2 * ((i + size - half) % size)] = taps[i];
    }
    return signal;
}

class Fft : public ::testing::TestWithParam<std::string> {
  protected:
    /// The convolution by the transform under test; skips where the processor cannot run it.
    void convolve(Signal const& signal, std::vector<float> const& taps) {
        auto const size = static_cast<std::int64_t>(signal.size()) / kChannels;
        auto const probe = open_fft_probe(GetParam(), size, taps);
        if (probe == nullptr) {
            GTEST_SKIP() << "This processor or this build does not have x86-64-" << GetParam()
                         << ".";
        }
        result.assign(signal.size(), 0.0F);
        probe->convolve(signal.data(), result.data());
    }

    Signal result;
};

TEST_P(Fft, ComesBackToWhereItStarted) {
    for (std::int64_t size = 1'024; size <= 1'048'576; size *= 2) {
        auto const noise = white_noise({.frames = size, .seed = 21});
        convolve(noise, {1.0F});
        if (IsSkipped()) {
            return;
        }
        EXPECT_TRUE(audio_near(result, noise, kRoundTrip_dbfs)) << size;
    }
}

TEST_P(Fft, ConvolvesLikeTheDefinition) {
    for (std::int64_t const size : {1'024, 2'048, 4'096}) { // last passes of 4, 8 and 16
        auto const noise = white_noise({.frames = size, .seed = 22});
        auto const taps = some_taps(static_cast<std::size_t>(size) / 8 - 1);
        convolve(noise, taps);
        if (IsSkipped()) {
            return;
        }
        auto product = naive_transform(complex_of(noise), -1.0);
        auto const response = naive_transform(complex_of(around_zero(taps, product.size())), -1.0);
        for (std::size_t k = 0; k < product.size(); ++k) {
            product[k] *= response[k];
        }
        auto const expected = naive_transform(product, 1.0);
        Signal frames(noise.size());
        for (std::size_t n = 0; n < expected.size(); ++n) {
            auto const scaled = expected[n] / static_cast<double>(size);
            frames[2 * n] = static_cast<float>(scaled.real());
            frames[2 * n + 1] = static_cast<float>(scaled.imag());
        }
        EXPECT_TRUE(audio_near(result, frames, kConvolution_dbfs)) << size;
    }
}

TEST_P(Fft, ConvolvesLikeFftw) {
    for (std::int64_t const size : {16'384, 65'536, 262'144, 1'048'576}) {
        auto const noise = white_noise({.frames = size, .seed = 23});
        auto const taps = some_taps(static_cast<std::size_t>(size) / 8 - 1);
        convolve(noise, taps);
        if (IsSkipped()) {
            return;
        }
        auto expected = noise;
        auto response = around_zero(taps, static_cast<std::size_t>(size));
        auto const transform = [&](Signal& signal, int direction) {
            auto* const values = reinterpret_cast<fftwf_complex*>(signal.data());
            auto* const plan =
                fftwf_plan_dft_1d(static_cast<int>(size), values, values, direction, FFTW_ESTIMATE);
            fftwf_execute(plan);
            fftwf_destroy_plan(plan);
        };
        transform(expected, FFTW_FORWARD);
        transform(response, FFTW_FORWARD);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            expected[i] *= response[i / 2 * 2] / static_cast<float>(size); // it is real
        }
        transform(expected, FFTW_BACKWARD);
        EXPECT_TRUE(audio_near(result, expected, kConvolution_dbfs)) << size;
    }
}

INSTANTIATE_TEST_SUITE_P(On, Fft, ::testing::Values("v3", "v4"), [](auto const& variant) {
    return variant.param;
});

} // namespace

} // namespace stemlathe::test
