#include "host/report/html/stem_names.hpp"
#include "host/report/html/words.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

MasteringReport with_stems(std::vector<std::string> const& files) {
    MasteringReport report;
    for (auto const& file : files) {
        report.stems.push_back({.file = file});
    }
    return report;
}

TEST(StemNames, LeaveOutNumberAndEnding) {
    html::StemNames const names{with_stems({"03_Lead_Vocals.wav", "Bass.aiff", "04.wav"})};
    EXPECT_EQ(names.of("03_Lead_Vocals.wav"), "Lead Vocals");
    EXPECT_EQ(names.of("Bass.aiff"), "Bass");
    EXPECT_EQ(names.of("04.wav"), "04");
    EXPECT_EQ(names.of("<unknown>.wav"), "&lt;unknown&gt;.wav");
}

TEST(StemNames, KeepTheNumberWhereTheNameAloneIsNotEnough) {
    html::StemNames const names{with_stems({"01_Vox.wav", "02_Vox.wav"})};
    EXPECT_EQ(names.of("01_Vox.wav"), "01_Vox");
    EXPECT_EQ(names.of("02_Vox.wav"), "02_Vox");
}

TEST(TimeRange, HasTenthsWhereTheyMatter) {
    EXPECT_EQ(html::time_range(62.4, 78.9), "1:02 – 1:19");
    EXPECT_EQ(html::time_range(46.8, 48.1), "0:46.8 – 0:48.1");
    EXPECT_EQ(html::time_range(47.0, 47.0), "0:47");
    EXPECT_EQ(html::time_range(47.25, 47.25), "0:47.3");
}

TEST(FrequencyRange, NamesItsUnitOnce) {
    EXPECT_EQ(html::frequency_range(1'800.0, 3'400.0), "1.8–3.4 kHz");
    EXPECT_EQ(html::frequency_range(55.0, 110.0), "55–110 Hz");
    EXPECT_EQ(html::frequency_range(700.0, 1'300.0), "700 Hz – 1.3 kHz");
}

TEST(Counted, WritesSmallNumbersAsWords) {
    EXPECT_EQ(html::counted(0, "finding"), "no findings");
    EXPECT_EQ(html::counted(1, "finding"), "one finding");
    EXPECT_EQ(html::counted(13, "finding"), "13 findings");
    EXPECT_EQ(html::capital("three"), "Three");
}

TEST(Sentence, BeginsAndEndsAsOne) {
    EXPECT_EQ(html::sentence("no <time> was given"), "No &lt;time&gt; was given.");
    EXPECT_EQ(html::sentence("Left out!"), "Left out!");
    EXPECT_EQ(html::sentence(""), "");
}

TEST(SignedFigure, WritesBothSigns) {
    EXPECT_EQ(html::signed_figure(1.5), "+1.5");
    EXPECT_EQ(html::signed_figure(-3.0), "−3.0");
    EXPECT_EQ(html::signed_figure(0.0), "0.0");
}

TEST(FixWords, TellEveryKindOfFix) {
    html::StemNames const names{with_stems({"1_Vocals.wav", "2_Keys.wav"})};
    auto const words = [&](MaskingFix const& fix) {
        return html::fix_words(fix, "1_Vocals.wav", names);
    };
    EXPECT_EQ(
        words(
            {.stem = "2_Keys.wav",
             .type = "bell",
             .hz = 2'500.0,
             .gain_db = -3.5,
             .q = 1.3,
             .dynamic = true}
        ),
        "Keys −3.5 dB at 2.5 kHz (bell, Q 1.3), keyed by Vocals"
    );
    EXPECT_EQ(
        words({.stem = "2_Keys.wav", .type = "high-pass", .hz = 90.0}), "Keys at 90 Hz (high-pass)"
    );
    EXPECT_EQ(
        words({.stem = "1_Vocals.wav", .type = "level", .gain_db = 1.0}), "Vocals +1.0 dB (level)"
    );
    EXPECT_EQ(words({.stem = "2_Keys.wav", .type = "pan", .pan = -0.4}), "Keys panned 40 % left");
}

TEST(RegionWords, GiveABellByWhereItActs) {
    html::StemNames const names{with_stems({"1_Vocals.wav"})};
    RegionPlan region{.start_s = 46.8, .end_s = 48.1};
    EXPECT_EQ(html::region_words("1_Vocals.wav", region, names), "Vocals 0.0 dB, 0:46.8 – 0:48.1");
    region.gain_db = -1.0;
    region.eq.push_back({.band = {.hz = 6'700.0, .gain_db = -2.5, .q = 1.6, .points = {}}});
    EXPECT_EQ(
        html::region_words("1_Vocals.wav", region, names),
        "Vocals −1.0 dB and −2.5 dB at 4.9–9.1 kHz, 0:46.8 – 0:48.1"
    );
    region.gain_db = 0.0;
    region.eq[0].band = {
        .type = EqualiserType::high_shelf, .hz = 8'000.0, .gain_db = 1.5, .points = {}};
    EXPECT_EQ(
        html::region_words("1_Vocals.wav", region, names),
        "Vocals +1.5 dB above 8 kHz, 0:46.8 – 0:48.1"
    );
}

} // namespace

} // namespace stemlathe::test
