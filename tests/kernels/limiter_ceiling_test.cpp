#include "tests/kernels/limited.hpp"
#include "tests/support/each_backend.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stemlathe::test {

namespace {

using LimiterCeiling = EachBackend;

/// A 16x grid misses at most 20 log10(1 / cos(pi / 32)) = 0.042 dB of a peak between its points
/// (ITU-R BS.1770-5 Annex 2); two of them may miss different ones.
constexpr double kTruePeakTolerance_db = 0.05;

double sample_peak(Signal const& signal) {
    float peak = 0.0F;
    for (float const value : signal) {
        peak = std::max(peak, std::abs(value));
    }
    return peak;
}

/// A longer, steeper interpolator than the product's. Interpolators agree on what lies below 0.42
/// of the rate.
double true_peak_db(Signal const& signal) {
    return db_from_gain(reference::true_peak(signal, 16, 32, 8.0).peak);
}

TEST_P(LimiterCeiling, IsNeverExceededByAnySample) {
    auto const signal = hostile(1'000'000);
    for (double const drive_db : {0.0, 6.0, 40.0}) {
        LimiterSettings const settings{.drive_db = drive_db, .ceiling_dbtp = -1.0};
        auto const out = limited(*backend, settings, signal);
        EXPECT_LE(sample_peak(out), gain_from_db(-1.0));
        auto const meter = backend->make_true_peak_meter({}); // 16 points a frame
        feed(*backend, *meter, out);
        EXPECT_LE(db_from_gain(meter->finish().peak), -1.0 + kTruePeakTolerance_db);
    }
}

TEST_P(LimiterCeiling, IsKeptByTruePeaks) {
    LimiterSettings const settings{.drive_db = 6.0, .ceiling_dbtp = -1.0};
    auto const noise = hostile(50'000);
    auto const limited_noise = limited(*backend, settings, noise);
    EXPECT_LE(true_peak_as_documented_db(limited_noise), -1.0 + kTruePeakTolerance_db);
    auto smooth = noise; // without the top of the spectrum
    for (std::size_t i = 2; i + 2 < noise.size(); ++i) {
        smooth[i] = 0.5F * noise[i - 2] + noise[i] + 0.5F * noise[i + 2];
    }
    EXPECT_LE(true_peak_db(limited(*backend, settings, smooth)), -1.0 + kTruePeakTolerance_db);
    // A quarter of the rate, sampled at 45 degrees: true peak 3.01 dB above the samples.
    LimiterSettings const at_44{.rate_hz = 44'100, .drive_db = 6.0, .ceiling_dbtp = -1.0};
    auto const quarter = sine(
        {.hz = 11'025.0,
         .level_dbfs = -2.0,
         .seconds = 1.0,
         .rate_hz = 44'100,
         .phase_rad = std::numbers::pi / 4.0}
    );
    EXPECT_NEAR(db_from_gain(sample_peak(quarter)), -2.0 - 3.01, 0.001);
    auto const out = limited(*backend, at_44, quarter);
    EXPECT_NEAR(true_peak_db(out), -1.0, kTruePeakTolerance_db);
    for (auto const& click : {impulse(5'000, 0), impulse(5'000, 1'234), impulse(5'000, 4'999)}) {
        EXPECT_LE(
            true_peak_as_documented_db(limited(*backend, settings, click)),
            -1.0 + kTruePeakTolerance_db
        );
    }
}

INSTANTIATE_EACH_BACKEND(LimiterCeiling);

} // namespace

} // namespace stemlathe::test
