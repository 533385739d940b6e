#include "host/intake/checks/checks.hpp"
#include "kernels/base/units.hpp"
#include "tests/host/intake/checked.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

Signal sine_at(double level_dbfs) {
    return sine({.level_dbfs = level_dbfs, .seconds = 0.2});
}

std::vector<Finding> level_findings(Signal const& signal) {
    return findings_of(intake::make_level_check, stem_of(signal), signal);
}

TEST(IntakeLevel, TellsASilentStemFromAQuietOne) {
    auto const silent = finding_in(level_findings(silence(5000)), "silent");
    ASSERT_TRUE(silent);
    EXPECT_FALSE(silent->measured) << "zeros have no level";
    EXPECT_NE(silent->message.find("peak under -70 dBFS"), std::string::npos) << silent->message;
    EXPECT_TRUE(finding_in(level_findings(sine_at(-70.5)), "silent"));
    auto const quiet = finding_in(level_findings(sine_at(-69.5)), "low_level");
    ASSERT_TRUE(quiet);
    EXPECT_NEAR(*quiet->measured, -69.5, 0.1);
    EXPECT_EQ(quiet->severity, Severity::warn);
    EXPECT_TRUE(finding_in(level_findings(sine_at(-45.5)), "low_level"));
    EXPECT_TRUE(level_findings(sine_at(-44.5)).empty());
}

TEST(IntakeLevel, DoesNotJudgeAStemByAPartOfIt) {
    auto const part = silence(5000);
    auto stem = stem_of(part);
    stem.media.frames = 50'000;
    EXPECT_TRUE(findings_of(intake::make_level_check, stem, part).empty());
}

TEST(IntakeOverFullScale, CountsWhatOnlyFloatingPointCanHold) {
    auto const loud = sine({.level_dbfs = 0.1, .seconds = 0.5});
    auto const found = finding_in(
        findings_of(intake::make_over_full_scale_check, float_stem_of(loud), loud),
        "over_full_scale"
    );
    ASSERT_TRUE(found);
    EXPECT_EQ(found->severity, Severity::info);
    EXPECT_NEAR(*found->measured, 0.1, 0.01);
    EXPECT_LT(*found->start_s, 0.001);
    EXPECT_GT(*found->end_s, 0.499);

    auto const full = sine({.level_dbfs = 0.0, .seconds = 0.5});
    EXPECT_TRUE(findings_of(intake::make_over_full_scale_check, float_stem_of(full), full).empty());
}

TEST(IntakeOverFullScale, TellsMomentsOfTheSong) {
    Signal one = silence(48'000);
    one[2 * 24'000 + 1] = -1.5F; // the right channel alone
    auto stem = float_stem_of(one);
    stem.offset_s = 10.0;
    auto const found =
        finding_in(findings_of(intake::make_over_full_scale_check, stem, one), "over_full_scale");
    ASSERT_TRUE(found);
    EXPECT_DOUBLE_EQ(*found->start_s, 10.5);
    EXPECT_NE(found->message.find("in 1 sample,"), std::string::npos) << found->message;
}

} // namespace

} // namespace stemlathe::test
