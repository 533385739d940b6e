#include "tests/kernels/quantised.hpp"
#include "tests/reference/power_spectrum_reference.hpp"
#include "tests/support/each_backend.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace stemlathe::test {

namespace {

using NoiseShaper = EachBackend;

TEST_P(NoiseShaper, ShapesTheNoiseLikeItsTransferFunction) {
    for (int const rate_hz : {44'100, 48'000, 96'000}) {
        auto settings = with(kCd, Dither::shaped);
        settings.rate_hz = rate_hz;
        auto const errors = channel_of(
            errors_of(*backend, settings, sine({.level_dbfs = -60.0, .seconds = 20})), 0
        );
        auto const power = reference::power_spectrum(errors, 512);
        auto const feedback = reference::shaper_feedback(rate_hz, 9);
        double const bin_hz = rate_hz / 512.0;
        for (std::size_t k = 4; k < power.size() - 4; ++k) {
            double const expected =
                0.25 / 256.0 *
                reference::noise_transfer_power(feedback, static_cast<double>(k) * bin_hz, rate_hz);
            // 3,700 half-overlapping spectra: 5 sigma is 0.5 dB; leakage into the notch adds some.
            EXPECT_NEAR(10.0 * std::log10(power[k] / expected), 0.0, 0.8)
                << rate_hz << " Hz, at " << static_cast<double>(k) * bin_hz;
        }
    }
}

TEST_P(NoiseShaper, LowersTheNoiseWhereTheEarIsKeenAndHardlyRaisesTheTotal) {
    auto const tone = sine({.level_dbfs = -60.0, .seconds = 20, .rate_hz = 44'100});
    auto const flat = channel_of(errors_of(*backend, kCd, tone), 1);
    auto const shaped = channel_of(errors_of(*backend, with(kCd, Dither::shaped), tone), 1);
    auto const band = [](std::vector<double> const& errors) {
        auto const power = reference::power_spectrum(errors, 512);
        double sum = 0.0;
        for (std::size_t k = 35; k <= 58; ++k) { // 3.0 to 5.0 kHz
            sum += power[k];
        }
        return sum;
    };
    EXPECT_NEAR(10.0 * std::log10(band(shaped) / band(flat)), -14.0, 0.5);
    auto const total_dbfs = [](std::vector<double> const& errors) { // re a full-scale sine
        return 10.0 * std::log10(2.0 * std::ldexp(mean_product(errors, errors), -30));
    };
    EXPECT_NEAR(total_dbfs(flat), -93.3, 0.05);
    EXPECT_NEAR(total_dbfs(shaped), -87.8, 0.1);
}

INSTANTIATE_EACH_BACKEND(NoiseShaper);

TEST(NoiseShaperDesign, IsTheBestPredictorOfTheWeightedNoise) {
    for (int const rate_hz : {8'000, 44'100, 48'000, 96'000, 192'000}) {
        auto const expected = reference::shaper_feedback(rate_hz, kShaperTaps);
        auto const feedback = design_shaper(rate_hz);
        for (std::size_t k = 0; k < feedback.size(); ++k) {
            // Both integrate numerically; the spectra differ by less than 0.02 dB.
            EXPECT_NEAR(feedback[k], expected[k], 1e-3) << rate_hz << " Hz, tap " << k;
        }
    }
}

} // namespace

} // namespace stemlathe::test
