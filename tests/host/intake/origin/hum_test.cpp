#include "host/intake/origin/origin_checks.hpp"
#include "tests/host/intake/origin/origin_checked.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

constexpr double kSeconds = 8.0;

Signal tone(double hz, double level_dbfs) {
    return sine({.hz = hz, .level_dbfs = level_dbfs, .seconds = kSeconds});
}

/// As a bad cable gives it: harmonics falling by 6 dB each, the first at `level_dbfs` peak.
Signal hum_of(double line_hz, double level_dbfs) {
    auto out = tone(line_hz, level_dbfs);
    for (int k = 2; k <= 5; ++k) {
        out = sum_of(out, tone(line_hz * k, level_dbfs - 6.0 * (k - 1)));
    }
    return out;
}

Signal hiss(double level_dbfs) {
    auto const frames = static_cast<std::int64_t>(kSeconds * 48'000);
    return white_noise({.level_dbfs = level_dbfs, .frames = frames, .seed = 5});
}

std::vector<Finding> hum_findings(Signal const& signal) {
    return findings_of(intake::make_hum_check, stem_of(signal), signal);
}

TEST(IntakeHum, IsHeardWhereNothingPlays) {
    for (double const line_hz : {49.8, 50.0, 60.1}) {
        auto const found =
            finding_in(hum_findings(sum_of(hum_of(line_hz, -60.0), hiss(-80.0))), "hum");
        ASSERT_TRUE(found) << line_hz;
        EXPECT_EQ(found->severity, Severity::warn);
        // The first at -63 dBFS rms, all five together 1.2 dB more.
        EXPECT_NEAR(*found->measured, -61.8, 0.5);
        EXPECT_GE(*found->start_s, 0.0);
    }
}

TEST(IntakeHum, IsToldOnlyWhereItIsAudible) {
    EXPECT_TRUE(finding_in(hum_findings(sum_of(hum_of(50.0, -77.0), hiss(-100.0))), "hum"));
    EXPECT_TRUE(hum_findings(sum_of(hum_of(50.0, -80.0), hiss(-100.0))).empty());
    // 12 dB over its surroundings is what makes a line: hiss may cover it.
    EXPECT_TRUE(hum_findings(sum_of(hum_of(50.0, -75.0), hiss(-42.0))).empty());
}

TEST(IntakeHum, IsNotANote) {
    // G1, G2, B1 and B2 with their partials: the nearest notes there are.
    for (double const note_hz : {49.0, 98.0, 61.74, 123.47}) {
        EXPECT_TRUE(hum_findings(sum_of(hum_of(note_hz, -50.0), hiss(-80.0))).empty()) << note_hz;
    }
    EXPECT_TRUE(hum_findings(sum_of(tone(50.0, -50.0), hiss(-80.0))).empty()) << "one line alone";
}

TEST(IntakeHum, IsLookedForInPausesAlone) {
    EXPECT_TRUE(hum_findings(hum_of(50.0, -12.0)).empty()) << "a synthesiser may play 50 Hz";
    EXPECT_TRUE(hum_findings(silence(480'000)).empty());
    auto const half = hum_of(50.0, -60.0);
    Signal const four_seconds(half.begin(), half.begin() + 2 * 4 * 48'000);
    EXPECT_TRUE(hum_findings(four_seconds).empty()) << "five seconds are needed";
}

} // namespace

} // namespace stemlathe::test
