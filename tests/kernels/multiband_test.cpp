#include "kernels/base/units.hpp"
#include "tests/reference/equaliser_reference.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/multiband.hpp"
#include "tests/support/tones.hpp"

#include <array>
#include <cmath>
#include <vector>

namespace stemlathe::test {

namespace {

using Multiband = EachBackend;
using Bands = std::array<DynamicsSettings, 4>;

BandSplitSettings const kSplit{.rate_hz = 48'000, .crossovers_hz = {120.0, 800.0, 4'500.0}};

Bands four(DynamicsSettings const& settings) {
    return {settings, settings, settings, settings};
}

/// One float32 rounding per band of a signal around -12 dBFS.
constexpr double kNullRms_dbfs = -140.0;
constexpr double kNullPeak_dbfs = -130.0;
constexpr double kRipple_db = 0.01;

/// How much less the same reduction has to intermodulate in bands than in one.
constexpr double kLessIntermodulation_db = 20.0;
/// Ripple that an RMS detector's release rides on differs between two tones and one.
constexpr double kSameReduction_db = 0.4;

TEST_P(Multiband, IsItsInputWhileNothingExceedsTheThresholds) {
    auto const noise = pink_noise({.level_dbfs = -18.0, .frames = 100'003, .seed = 4});
    auto const idle =
        through_bands(*backend, kSplit, four({.threshold_db = 0.0, .ratio = 1.0}), noise);
    EXPECT_LE(rms_difference_dbfs(idle, noise), kNullRms_dbfs);
    EXPECT_LE(peak_difference_dbfs(idle, noise), kNullPeak_dbfs);
    // Compressors that find nothing to do multiply by exactly 1.
    auto const armed = four({.threshold_db = 0.0, .ratio = 4.0, .detector = Detector::peak});
    EXPECT_TRUE(audio_identical(through_bands(*backend, kSplit, armed, noise), idle));
}

/// All bands follow one key.
DynamicsSettings keyed() {
    return {
        .threshold_db = -30.0,
        .ratio = 4.0,
        .attack_ms = 5.0,
        .release_ms = 100.0,
        .detector = Detector::peak,
        .external_key = true};
}

TEST_P(Multiband, WithASteadyReductionInAllBandsIsFlat) {
    constexpr std::int64_t kAt = 20'000;
    auto const click = impulse(2 * kAt, kAt);
    Signal const steady(click.size(), 0.1F); // 10 dB over the threshold
    auto const wideband = compressed_by(*backend, keyed(), click, steady);
    auto const bands = through_bands(*backend, kSplit, four(keyed()), click, steady);
    double const wideband_db = db_from_gain(wideband[2 * kAt]);
    EXPECT_NEAR(wideband_db, -7.5, kRipple_db);
    for (double const hz : frequencies_hz(20.0, 23'000.0, 1.07)) {
        double const gain = std::abs(reference::spectrum_at(bands, kAt, hz, 48'000));
        EXPECT_NEAR(db_from_gain(gain), wideband_db, kRipple_db) << hz;
    }
}

TEST_P(Multiband, WithTheSameReductionInAllBandsIsTheWidebandCompressor) {
    auto const key = bursts({.level_dbfs = -15.0, .frames = 100'000, .seed = 5});
    auto const noise = pink_noise({.level_dbfs = -18.0, .frames = 100'000, .seed = 6});
    auto const wideband = compressed_by(*backend, keyed(), noise, key);
    EXPECT_GT(rms_difference_dbfs(wideband, noise), -30.0) << "it must do something";
    EXPECT_TRUE(audio_near(
        through_bands(*backend, kSplit, four(keyed()), noise, key), wideband, kNullPeak_dbfs
    ));
}

/// 60 Hz and 7 kHz at 4:1, see intermodulation_db.
struct TwoTones {
    static constexpr double kLow_hz = 60.0;
    static constexpr double kHigh_hz = 7'000.0;
    static constexpr double kPeak_dbfs = -6.0;
    /// Far from the ends, where the band filters see the tones begin and stop.
    static constexpr Stretch kSteady{.first = 72'000, .count = 48'000};

    double low_dbfs = kPeak_dbfs + db_from_gain(0.8);
    double high_dbfs = kPeak_dbfs + db_from_gain(0.2);
    Signal signal = sum_of(
        sine({.hz = kLow_hz, .level_dbfs = low_dbfs, .seconds = 3.0}),
        sine({.hz = kHigh_hz, .level_dbfs = high_dbfs, .seconds = 3.0})
    );

    /// What the detector reads for both together: their peak, or their power as a sine's peak.
    [[nodiscard]] static double level_dbfs(Detector detector) {
        return kPeak_dbfs + (detector == Detector::peak ? 0.0 : db_from_power(0.64 + 0.04));
    }

    [[nodiscard]] static double intermodulation(Signal const& out) {
        return intermodulation_db(out, kLow_hz, kHigh_hz, kSteady);
    }
};

TEST_P(Multiband, IntermodulatesFarLessThanAWidebandCompressor) {
    TwoTones const tones;
    for (auto const detector : {Detector::peak, Detector::rms}) {
        DynamicsSettings settings{
            .ratio = 4.0, .attack_ms = 10.0, .release_ms = 100.0, .detector = detector};
        // Whatever is detected lies 10 dB over its threshold.
        settings.threshold_db = TwoTones::level_dbfs(detector) - 10.0;
        auto const wideband = compressed_by(*backend, settings, tones.signal);
        auto bands = four(settings);
        bands[0].threshold_db = tones.low_dbfs - 10.0;
        bands[3].threshold_db = tones.high_dbfs - 10.0;
        auto const multiband = through_bands(*backend, kSplit, bands, tones.signal);
        for (double const hz : {TwoTones::kLow_hz, TwoTones::kHigh_hz}) {
            EXPECT_NEAR(
                tone_dbfs(multiband, hz, TwoTones::kSteady),
                tone_dbfs(wideband, hz, TwoTones::kSteady),
                kSameReduction_db
            );
        }
        EXPECT_LE(
            TwoTones::intermodulation(multiband),
            TwoTones::intermodulation(wideband) - kLessIntermodulation_db
        );
    }
}

INSTANTIATE_EACH_BACKEND(Multiband);

} // namespace

} // namespace stemlathe::test
