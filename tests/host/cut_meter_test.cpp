#include "host/vinyl/cut_checks.hpp"
#include "host/vinyl/cut_meter.hpp"
#include "host/vinyl/recording_curve.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/wav_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>
#include <utility>
#include <vector>

namespace stemlathe::test {

namespace {

constexpr int kCutRate_hz = 48'000;

/// Fades in and out over half a second: a filter answers to a tone, not to its edges.
Signal faded(Signal signal) {
    std::size_t const frames = signal.size() / 2;
    constexpr std::size_t kFade = kCutRate_hz / 2;
    for (std::size_t i = 0; i < frames; ++i) {
        auto const edge = static_cast<double>(std::min({i, frames - 1 - i, kFade}));
        auto const gain = static_cast<float>(
            0.5 - 0.5 * std::cos(std::numbers::pi * edge / static_cast<double>(kFade))
        );
        signal[2 * i] *= gain;
        signal[2 * i + 1] *= gain;
    }
    return signal;
}

/// A tone of which mid and side are a quarter period apart, so that they correlate with nothing but
/// themselves. Levels are those of M = (L + R) / 2 and S = (L - R) / 2, peak.
Signal wide_tone(double hz, double mid_dbfs, double side_dbfs, double seconds) {
    auto const mid =
        sine({.hz = hz, .level_dbfs = mid_dbfs, .seconds = seconds, .rate_hz = kCutRate_hz});
    auto side = sine(
        {.hz = hz,
         .level_dbfs = side_dbfs,
         .seconds = seconds,
         .rate_hz = kCutRate_hz,
         .phase_rad = std::numbers::pi / 2.0}
    );
    for (std::size_t i = 1; i < side.size(); i += 2) {
        side[i] = -side[i];
    }
    return faded(sum_of(mid, side));
}

CutReading reading_of(Signal const& signal, std::size_t piece_frames = 4096) {
    std::vector<double> const samples{signal.begin(), signal.end()};
    CutMeter meter{kCutRate_hz};
    std::span<double const> rest{samples};
    while (!rest.empty()) {
        auto const count = std::min(rest.size(), 2 * piece_frames);
        meter.add(rest.first(count));
        rest = rest.subspan(count);
    }
    return meter.finish();
}

CutCheck check_of(Signal const& signal, std::string_view code) {
    auto const checks = judged(reading_of(signal));
    auto const found = std::ranges::find(checks, code, &CutCheck::code);
    EXPECT_NE(found, checks.end()) << code;
    return found != checks.end() ? *found : CutCheck{};
}

/// Side over mid that gives two channels this correlation: (M^2 - S^2) / (M^2 + S^2).
double side_db_for(double correlation) {
    return 10.0 * std::log10((1.0 - correlation) / (1.0 + correlation));
}

/// Magnitude of a fourth-order Butterworth high-pass, dB.
double high_pass_db(double hz, double corner_hz) {
    return -10.0 * std::log10(1.0 + std::pow(corner_hz / hz, 8.0));
}

TEST(RecordingCurve, IsTheStandardsTable) {
    // IEC 60098, the playback characteristic with its sign turned.
    for (auto const& [hz, db] : std::vector<std::pair<double, double>>{
             {20.0, -19.274},
             {50.0, -16.946},
             {100.0, -13.088},
             {200.0, -8.219},
             {500.0, -2.648},
             {1000.0, 0.0},
             {2000.0, 2.589},
             {5000.0, 8.210},
             {10'000.0, 13.734},
             {20'000.0, 19.620}}) {
        EXPECT_NEAR(recording_curve_db(hz), db, 0.002) << hz;
    }
}

TEST(RecordingCurve, IsKeptByItsFilterAtEveryRate) {
    for (int const rate_hz : {44'100, 48'000, 88'200, 96'000, 176'400, 192'000}) {
        StereoFilter const filter{recording_curve_sections(rate_hz)};
        double const tolerance_db = rate_hz < 88'200 ? 0.2 : 0.02;
        for (double const hz : frequencies_hz(20.0, 16'000.0, 1.02)) {
            double const db = 20.0 * std::log10(filter.magnitude(hz, rate_hz));
            EXPECT_NEAR(db, recording_curve_db(hz), tolerance_db) << hz << " Hz at " << rate_hz;
        }
    }
}

TEST(StereoFilter, IsDownByThreeDecibelsAtItsCorners) {
    StereoFilter const band{band_sections(20.0, 150.0, kCutRate_hz)};
    for (double const hz : {20.0, 150.0}) {
        // The other corner is far away, but not infinitely: 0.01 dB.
        EXPECT_NEAR(20.0 * std::log10(band.magnitude(hz, kCutRate_hz)), -3.01, 0.01) << hz;
    }
    EXPECT_NEAR(20.0 * std::log10(band.magnitude(600.0, kCutRate_hz)), -48.2, 0.2); // 24 dB/oct
}

TEST(CutMeter, MeasuresTheWidthOfTheBass) {
    for (auto const& [side_db, passes] :
         std::vector<std::pair<double, bool>>{{-12.2, true}, {-11.8, false}}) {
        auto const check = check_of(wide_tone(60.0, -20.0, -20.0 + side_db, 3.0), "bass_width");
        ASSERT_TRUE(check.measured);
        EXPECT_NEAR(*check.measured, side_db, 0.1); // the fades still count a little
        EXPECT_EQ(check.passed, passes) << check.message;
    }
    EXPECT_FALSE(check_of(wide_tone(1000.0, -20.0, -20.0, 3.0), "bass_width").measured);
}

TEST(CutMeter, MeasuresTheCorrelationOfTheLowBand) {
    for (auto const& [wanted, passes] :
         std::vector<std::pair<double, bool>>{{0.72, true}, {0.68, false}}) {
        auto const signal = wide_tone(200.0, -20.0, -20.0 + side_db_for(wanted), 3.0);
        auto const check = check_of(signal, "bass_correlation");
        ASSERT_TRUE(check.measured);
        EXPECT_NEAR(*check.measured, wanted, 0.005);
        EXPECT_EQ(check.passed, passes) << check.message;
    }
}

TEST(CutMeter, MeasuresTheCorrelationOfTheWholeBand) {
    for (auto const& [wanted, passes] :
         std::vector<std::pair<double, bool>>{{0.22, true}, {0.18, false}, {-0.5, false}}) {
        auto const signal = wide_tone(3000.0, -20.0, -20.0 + side_db_for(wanted), 3.0);
        auto const check = check_of(signal, "correlation");
        ASSERT_TRUE(check.measured);
        EXPECT_NEAR(*check.measured, wanted, 0.002);
        EXPECT_EQ(check.passed, passes) << check.message;
        EXPECT_EQ(check.message.find("cancel in mono") != std::string::npos, wanted < 0.0);
    }
}

TEST(CutMeter, SaysWhenTheWorstMomentIs) {
    auto const narrow = wide_tone(100.0, -20.0, -40.0, 4.0);
    auto const wide = wide_tone(100.0, -20.0, -26.0, 1.0);
    auto signal = narrow;
    signal.insert(signal.end(), wide.begin(), wide.end());
    signal.insert(signal.end(), narrow.begin(), narrow.end());
    auto const reading = reading_of(signal);
    ASSERT_TRUE(reading.bass_width_db && reading.bass_correlation);
    EXPECT_GE(reading.bass_width_db->at_s, 3.9);
    EXPECT_LE(reading.bass_width_db->at_s, 4.7); // the last block that lies in the wide second
    EXPECT_GE(reading.bass_correlation->at_s, 3.9);
    EXPECT_LE(reading.bass_correlation->at_s, 4.7);
}

/// A 1 kHz tone with a burst of 7 kHz, 100 ms long, in its middle.
Signal sibilant(double tone_dbfs, double burst_dbfs) {
    auto const tone = sine({.hz = 1000.0, .level_dbfs = tone_dbfs, .seconds = 4.0});
    auto const burst = sine({.hz = 7000.0, .level_dbfs = burst_dbfs, .seconds = 0.1});
    auto late = delayed(burst, 2 * kCutRate_hz);
    late.resize(tone.size());
    return sum_of(tone, late);
}

TEST(CutMeter, MeasuresSibilanceBehindTheRecordingCurve) {
    double const gain_db = recording_curve_db(7000.0) + high_pass_db(7000.0, 5000.0) -
                           high_pass_db(1000.0, 500.0) +
                           10.0 * std::log10(1.0 + std::pow(0.5, 8.0)); // low-pass at 2 kHz
    for (auto const& [excess_db, passes] :
         std::vector<std::pair<double, bool>>{{5.7, true}, {6.3, false}}) {
        auto const signal = sibilant(-20.0, -20.0 + excess_db - gain_db);
        auto const check = check_of(signal, "sibilance");
        ASSERT_TRUE(check.measured);
        // 0.2 dB: the filter's corners are warped a little, and a burst rings at its ends.
        EXPECT_NEAR(*check.measured, excess_db, 0.25);
        EXPECT_EQ(check.passed, passes) << check.message;
        EXPECT_GE(*check.at_s, 2.0);
        EXPECT_LE(*check.at_s, 2.11);
    }
}

TEST(CutMeter, HearsNoDangerInWhatIsBrightAndSoft) {
    // A hi-hat alone, before the song begins.
    auto signal = sine({.hz = 7000.0, .level_dbfs = -45.0, .seconds = 2.0});
    auto const song = sine({.hz = 1000.0, .level_dbfs = -15.0, .seconds = 4.0});
    signal.insert(signal.end(), song.begin(), song.end());
    EXPECT_TRUE(check_of(signal, "sibilance").passed);
    EXPECT_FALSE(
        check_of(sine({.hz = 7000.0, .level_dbfs = -15.0, .seconds = 2.0}), "sibilance").passed
    );
}

TEST(CutMeter, LeavesOutWhatIsTooSoftToMatter) {
    auto const opposite = [](double level_dbfs) {
        return wide_tone(100.0, -200.0, level_dbfs, 3.0);
    };
    // A sine's RMS lies 3.01 dB under its peak; the gate is at -50 dBFS RMS.
    auto const soft = reading_of(opposite(-47.1));
    EXPECT_FALSE(soft.bass_width_db || soft.bass_correlation || soft.correlation);
    auto const loud = reading_of(opposite(-46.7));
    ASSERT_TRUE(loud.correlation);
    EXPECT_NEAR(loud.correlation->value, -1.0, 1e-6);
    for (auto const& check : judged(reading_of(silence(3 * kCutRate_hz)))) {
        EXPECT_TRUE(check.passed);
        EXPECT_FALSE(check.measured);
    }
    EXPECT_FALSE(reading_of(Signal(2)).correlation);
    EXPECT_FALSE(reading_of({}).sibilance_db);
}

TEST(CutMeter, DoesNotDependOnHowTheSongArrives) {
    auto const signal = pink_noise({.level_dbfs = -18.0, .frames = 3 * kCutRate_hz + 7, .seed = 5});
    auto const whole = reading_of(signal, signal.size());
    for (std::size_t const frames : {1U, 31U, 480U, 4096U}) {
        auto const pieces = reading_of(signal, frames);
        EXPECT_EQ(pieces.bass_width_db->value, whole.bass_width_db->value);
        EXPECT_EQ(pieces.bass_correlation->value, whole.bass_correlation->value);
        EXPECT_EQ(pieces.sibilance_db->value, whole.sibilance_db->value);
        EXPECT_EQ(pieces.correlation->value, whole.correlation->value);
    }
}

TEST(CutLevel, FollowsTheCuttingRoomsTable) {
    auto const& twelve = side_format_named("12in-33");
    EXPECT_DOUBLE_EQ(*cut_level_db(twelve, 3.0), 0.0);
    EXPECT_DOUBLE_EQ(*cut_level_db(twelve, 20.0), 0.0);
    EXPECT_DOUBLE_EQ(*cut_level_db(twelve, 22.0), -1.5);
    EXPECT_DOUBLE_EQ(*cut_level_db(twelve, 24.0), -3.0);
    EXPECT_DOUBLE_EQ(*cut_level_db(twelve, 28.0), -6.0);
    EXPECT_DOUBLE_EQ(*cut_level_db(twelve, 30.0), -7.5);
    EXPECT_DOUBLE_EQ(*cut_level_db(side_format_named("12in-45"), 12.0), 1.5);
    EXPECT_DOUBLE_EQ(*cut_level_db(side_format_named("7in-45"), 4.5), 1.5);
    EXPECT_FALSE(cut_level_db(side_format_named("7in-33"), 6.0));
}

TEST(SideLength, IsJudgedAtBothSidesOfWhatIsRecommended) {
    auto const& twelve = side_format_named("12in-33");
    EXPECT_TRUE(side_length_check(twelve, 19.5).passed);
    EXPECT_FALSE(side_length_check(twelve, 19.51).passed);
    auto const tight = side_length_check(twelve, 22.0);
    EXPECT_NE(tight.message.find("about -1.5 dB"), std::string::npos) << tight.message;
    EXPECT_NE(tight.message.find("softer"), std::string::npos) << tight.message;
    auto const over = side_length_check(twelve, 23.1);
    EXPECT_NE(over.message.find("Split it"), std::string::npos) << over.message;
    EXPECT_TRUE(side_length_check(side_format_named("7in-45"), 5.0).passed);
    EXPECT_FALSE(side_length_check(side_format_named("7in-45"), 5.1).passed);
}

TEST(CutChecks, ReadTheFile) {
    TempFolder const folder;
    write_wav(folder / "side.wav", wide_tone(60.0, -20.0, -22.0, 3.0), kCutRate_hz);
    auto const checks = cut_checks(folder / "side.wav", side_format_named("12in-33"));
    ASSERT_EQ(checks.size(), 5U);
    EXPECT_EQ(checks[0].code, "bass_width");
    EXPECT_FALSE(checks[0].passed);
    EXPECT_NEAR(*checks[0].measured, -2.0, 0.1);
    EXPECT_EQ(checks[4].code, "side_length");
    EXPECT_NEAR(*checks[4].measured, 0.05, 1e-9);
}

} // namespace

} // namespace stemlathe::test
