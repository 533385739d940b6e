#include "host/masking/findings.hpp"
#include "tests/host/masked_hops.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace stemlathe::test {

namespace {

constexpr std::size_t kFindingBands = 75;
constexpr double kFloat = 1e-4; ///< sums of some thousand float32 products

TEST(MaskingWords, SeverityHasItsLimits) {
    EXPECT_EQ(severity_of(-0.01), "masked");
    EXPECT_EQ(severity_of(0.0), "critical");
    EXPECT_EQ(severity_of(2.99), "critical");
    EXPECT_EQ(severity_of(3.0), "strong");
    EXPECT_EQ(severity_of(5.99), "strong");
    EXPECT_EQ(severity_of(6.0), "moderate");
    EXPECT_EQ(severity_of(9.99), "moderate");
    EXPECT_EQ(severity_of(10.0), "mild");
}

TEST(MaskingWords, NamesAreAsPeopleSayThem) {
    EXPECT_EQ(spoken_name("04_Lead_Guitar.wav"), "Lead Guitar");
    EXPECT_EQ(spoken_name("12 - Pad.flac"), "Pad");
    EXPECT_EQ(spoken_name("_Pad-2.flac"), "Pad 2");
    EXPECT_EQ(spoken_name("vocals.wav"), "vocals");
    EXPECT_EQ(spoken_name("808.wav"), "808");
    EXPECT_EQ(spoken_name("2nd_Voice.wav"), "2nd Voice");
    EXPECT_EQ(spoken_name("no_extension"), "no extension");
}

TEST(MaskingWords, ANameIsNeverEmpty) {
    for (auto const* const file : {".wav", "01_.wav", "1.wav", "_", ".", "-.-", "01"}) {
        EXPECT_FALSE(spoken_name(file).empty()) << file;
    }
    EXPECT_EQ(spoken_name("01_.wav"), "01_.wav");
    EXPECT_EQ(spoken_name("-.-"), "-.-");
}

TEST(MaskingWords, TimesAreInMinutesSecondsAndTenths) {
    EXPECT_EQ(spoken_time(0.0), "0:00.0");
    EXPECT_EQ(spoken_time(62.4), "1:02.4");
    EXPECT_EQ(spoken_time(59.96), "1:00.0");
    EXPECT_EQ(spoken_time(3723.0), "62:03.0");
}

TEST(MaskingWords, RangesAreInTheUnitOfTheirTop) {
    EXPECT_EQ(spoken_range(60.4, 121.0), "60 to 120 Hz");
    EXPECT_EQ(spoken_range(184.0, 996.0), "180 Hz to 1.0 kHz");
    EXPECT_EQ(spoken_range(1'840.0, 3'420.0), "1.8 to 3.4 kHz");
    EXPECT_EQ(spoken_range(8'000.0, 12'400.0), "8.0 to 12 kHz");
    EXPECT_EQ(spoken_range(994.0, 994.9), "990 to 990 Hz");
}

/// A voice that a guitar covers for a second, two seconds from where the analysis began, its
/// margins 1 dB where 6 are wanted.
class MaskingFindings : public ::testing::Test {
  protected:
    static constexpr Cells kCells{
        .hops = {.first = 200, .last = 299}, .bands = {.low = 34, .high = 41}};

    MaskingFindings() {
        song_.set_importance(0, kCells, 0.125F);
        song_.set_margin(0, kCells, 1.0F);
        song_.set_masker(1, kCells, masker_with_share(0.8F));
    }

    std::vector<MaskingEvent> events() {
        sums_ = PairSums{goals_, bands_hz_};
        song_.pass([&](StemHop const& hop) { sums_.take(hop); });
        return events_of(song_, goals_, song_.all_play(), song_.hops());
    }

    std::vector<MaskingEvent> told() {
        return worth_telling(events(), kTestHop_s);
    }

    MaskingFinding finding() {
        auto const found = told();
        EXPECT_FALSE(found.empty());
        return finding_of(found.at(0), context());
    }

    [[nodiscard]] FindingContext context() const {
        return {
            .sums = sums_,
            .bands_hz = bands_hz_,
            .files = files_,
            .hop_s = kTestHop_s,
            .from_s = from_s_};
    }

    MaskedHops song_{3, kFindingBands, 400};
    std::vector<double> bands_hz_ = half_cams(kFindingBands);
    std::vector<MaskingGoal> goals_{
        goal_everywhere(1.0, 6.0), goal_everywhere(0.4, 3.0), goal_everywhere(0.1, 0.0)};
    PairSums sums_{goals_, bands_hz_};
    std::vector<std::string> files_{"01_Voice.wav", "02_Guitar.wav", "03_Pad.wav"};
    double from_s_ = 60.0;
};

TEST_F(MaskingFindings, SayWhoWhomWhenWhereAndHowMuch) {
    auto const found = finding();
    EXPECT_EQ(found.masked, "01_Voice.wav");
    EXPECT_EQ(found.masker, "02_Guitar.wav");
    // A hop is a frame with half a hop about it.
    EXPECT_NEAR(found.start_s, 61.995, 1e-9);
    EXPECT_NEAR(found.end_s, 62.995, 1e-9);
    EXPECT_NEAR(found.low_hz, std::sqrt(bands_hz_[33] * bands_hz_[34]), 1e-9);
    EXPECT_NEAR(found.high_hz, std::sqrt(bands_hz_[41] * bands_hz_[42]), 1e-9);
    EXPECT_NEAR(found.margin_db, 1.0, kFloat);
    EXPECT_NEAR(found.worst_margin_db, 1.0, kFloat);
    EXPECT_EQ(found.target_db, 6.0);
    EXPECT_EQ(found.severity, "critical");
    EXPECT_NEAR(found.masker_share, 0.8, kFloat);
    EXPECT_EQ(found.duty, 1.0);
    EXPECT_FALSE(found.recurring);
    EXPECT_EQ(found.occurrences, 1);
    EXPECT_EQ(
        found.message,
        "Guitar likely covers Voice from 1:02.0 to 1:03.0 at 1.5 to 2.4 kHz: there Voice is on "
        "average only 1.0 dB above its masked threshold; the target is 6 dB above."
    );
}

TEST_F(MaskingFindings, BelowTheThresholdIsSaidSo) {
    song_.set_margin(0, kCells, -3.5F);
    auto const found = finding();
    EXPECT_EQ(found.severity, "masked");
    EXPECT_NE(found.message.find("on average 3.5 dB below its masked"), std::string::npos)
        << found.message;
}

TEST_F(MaskingFindings, AStemInTheBackgroundHasNoMarginToReach) {
    goals_[0] = goal_everywhere(0.1, 0.0);
    song_.set_margin(0, kCells, -3.5F);
    auto const message = finding().message;
    EXPECT_TRUE(message.ends_with(
        "Voice is on average 3.5 dB below its masked threshold; in the background it only has to "
        "reach it, so that it is just heard."
    )) << message;
}

TEST_F(MaskingFindings, AStartNeverLiesBeforeTheSong) {
    from_s_ = -2.0; // so that the first hop is the song's first
    EXPECT_EQ(finding().start_s, 0.0);
}

TEST_F(MaskingFindings, EveryMaskerThatMattersIsNamedWithItsRelief) {
    song_.set_masker(1, kCells, 5.0F); // T = 1 + 5 + 4
    song_.set_masker(2, kCells, 4.0F);
    auto const found = finding();
    ASSERT_EQ(found.maskers.size(), 2U);
    EXPECT_EQ(found.maskers[0].stem, "02_Guitar.wav");
    EXPECT_NEAR(found.maskers[0].share, 0.5, kFloat);
    EXPECT_NEAR(found.maskers[0].relief_db, -10.0 * std::log10(0.5), 10 * kFloat);
    EXPECT_EQ(found.maskers[1].stem, "03_Pad.wav");
    EXPECT_NEAR(found.maskers[1].relief_db, -10.0 * std::log10(0.6), 10 * kFloat);
    song_.set_masker(2, kCells, 1.0F);
    EXPECT_EQ(finding().maskers.size(), 1U);
}

TEST_F(MaskingFindings, AMaskerThatIsAllOfTheThresholdHasAFiniteRelief) {
    song_.set_masker(1, kCells, 1e12F);
    auto const found = finding();
    EXPECT_NEAR(found.maskers.at(0).relief_db, 40.0, 1e-9);
}

TEST_F(MaskingFindings, AreLessSureWhereTheQuietOrMoreMaskersHaveTheirPart) {
    song_.set_masker(1, kCells, masker_with_share(0.99F));
    EXPECT_NEAR(finding().confidence, 0.95 - 0.5 * 0.01, kFloat);
    song_.set_masker(1, kCells, masker_with_share(0.8F));
    EXPECT_NEAR(finding().confidence, 0.95 - 0.5 * 0.2, kFloat);
    song_.set_masker(1, kCells, masker_with_share(0.4F)); // not even half of it
    EXPECT_NEAR(finding().confidence, 0.95 - 0.5 * 0.6 - 0.1, kFloat);
}

TEST_F(MaskingFindings, OnlyWhatCostsADecibelOrMoreIsTold) {
    goals_[0] = goal_everywhere(1.0, 4.0);
    song_.set_margin(0, kCells, 3.1F);
    EXPECT_EQ(events().size(), 1U);
    EXPECT_TRUE(told().empty());
    song_.set_margin(0, kCells, 2.9F);
    EXPECT_EQ(told().size(), 1U);
}

TEST_F(MaskingFindings, OnlyBandsThatMatterToTheStemAreTold) {
    song_.set_importance(0, kCells, 0.006F); // 4.8 % of it
    EXPECT_EQ(events().size(), 1U);
    EXPECT_TRUE(told().empty());
    song_.set_importance(0, kCells, 0.0065F);
    EXPECT_EQ(told().size(), 1U);
}

TEST_F(MaskingFindings, WhatIsSmallBesideTheCostliestIsNotTold) {
    Cells const later{.hops = {.first = 390, .last = 399}, .bands = {.low = 60, .high = 67}};
    song_.set_importance(0, later, 0.125F);
    song_.set_margin(0, later, 4.0F - 0.1F); // lacks 2.1 dB for 10 hops: 21 of 500
    song_.set_masker(1, later, masker_with_share(0.8F));
    EXPECT_EQ(told().size(), 2U);
    song_.set_margin(0, kCells, -9.0F); // 21 of 1200: 1.75 %
    EXPECT_EQ(events().size(), 2U);
    EXPECT_EQ(told().size(), 1U);
}

TEST_F(MaskingFindings, AtMostAHundredAreTold) {
    std::vector<MaskingEvent> const many(150, events().at(0));
    EXPECT_EQ(worth_telling(many, kTestHop_s).size(), kFindings_max);
    EXPECT_TRUE(worth_telling({}, kTestHop_s).empty());
}

TEST_F(MaskingFindings, PicturesAreMeanLevels) {
    auto const picture = finding().picture;
    ASSERT_EQ(picture.threshold_db.size(), kFindingBands);
    // T = 5, of which the masker has 4, and the voice 1 dB more than T
    EXPECT_NEAR(picture.threshold_db[36], 10.0 * std::log10(5.0), 10 * kFloat);
    EXPECT_NEAR(picture.masker_db[36], 10.0 * std::log10(4.0), 10 * kFloat);
    EXPECT_NEAR(picture.masked_db[36], 10.0 * std::log10(5.0) + 1.0, 10 * kFloat);
}

TEST_F(MaskingFindings, AreFiniteAtTheEndsOfTheScale) {
    for (auto const bands : {BandRange{.low = 0, .high = 0}, BandRange{.low = 74, .high = 74}}) {
        song_ = MaskedHops{3, kFindingBands, 400};
        Cells const cells{.hops = {.first = 0, .last = 399}, .bands = bands};
        song_.set_importance(0, cells, 1.0F);
        song_.set_margin(0, cells, -100.0F);
        song_.set_masker(1, cells, 1e10F);
        auto const found = finding();
        EXPECT_GT(found.low_hz, 0.0);
        EXPECT_GT(found.high_hz, found.low_hz);
        EXPECT_LT(found.high_hz, 20'000.0);
        for (double const value :
             {found.start_s,
              found.end_s,
              found.margin_db,
              found.worst_margin_db,
              found.masker_share,
              found.confidence,
              found.duty}) {
            EXPECT_TRUE(std::isfinite(value));
        }
        for (auto const* const levels :
             {&found.picture.masked_db, &found.picture.masker_db, &found.picture.threshold_db}) {
            EXPECT_TRUE(std::ranges::all_of(*levels, [](float db) { return std::isfinite(db); }));
        }
    }
}

TEST_F(MaskingFindings, AnyFileNameMakesASentence) {
    for (std::string const name :
         {"{}.wav", "{0:n}%s%n", "\"><script>.wav", "\n.wav", "..", "é漢.wav"}) {
        files_ = {name, name, name};
        auto const found = finding();
        EXPECT_NE(found.message.find(" likely covers "), std::string::npos) << name;
        EXPECT_EQ(found.masked, name);
    }
}

TEST_F(MaskingFindings, TrainsOfStrokesAreCounted) {
    song_ = MaskedHops{3, kFindingBands, 700};
    for (std::int64_t first = 0; first < 600; first += 60) {
        Cells const stroke{
            .hops = {.first = first, .last = first + 14}, .bands = {.low = 4, .high = 11}};
        song_.set_importance(0, stroke, 0.125F);
        song_.set_margin(0, stroke, 1.0F);
        song_.set_masker(1, stroke, masker_with_share(0.8F));
    }
    auto const found = finding();
    EXPECT_TRUE(found.recurring);
    EXPECT_EQ(found.occurrences, 10);
    EXPECT_NEAR(found.duty, 150.0 / 555.0, 1e-9);
    EXPECT_NE(found.message.find("to 1:05.5, 10 times (27 % of that time) at"), std::string::npos)
        << found.message;
}

TEST_F(MaskingFindings, PairsComeTheWorstFirst) {
    song_.set_masker(1, kCells, 5.0F);
    song_.set_masker(2, kCells, 4.0F);
    (void)events();
    auto const pairs = masking_pairs(sums_, files_, {});
    ASSERT_EQ(pairs.size(), 2U);
    EXPECT_EQ(pairs[0].masker, "02_Guitar.wav");
    EXPECT_EQ(pairs[0].masked, "01_Voice.wav");
    EXPECT_NEAR(pairs[0].shortfall_db, 0.5 * 5.0, 10 * kFloat);
    EXPECT_NEAR(pairs[1].shortfall_db, 0.4 * 5.0, 10 * kFloat);
    EXPECT_EQ(pairs[0].percent_of_time, 25.0); // 100 of 400 hops, in all of which it plays
    EXPECT_FALSE(pairs[0].layered);
}

} // namespace

} // namespace stemlathe::test
