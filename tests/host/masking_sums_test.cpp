#include "host/masking/pair_sums.hpp"
#include "tests/host/masked_hops.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

constexpr double kFloat = 1e-5;          ///< float32 products of numbers of one order, few of them
constexpr double kHalfAStep_db = 0.2501; ///< of the histograms of shortfalls

/// Two hops of a stem that matters in two bands more than a Cam apart, under two maskers.
class MaskingSums : public ::testing::Test {
  protected:
    static constexpr std::size_t kBands = 12;
    static constexpr std::size_t kLow = 2;
    static constexpr std::size_t kHigh = 9;

    static Cells cell(std::int64_t hop, std::size_t band) {
        return {.hops = {.first = hop, .last = hop}, .bands = {.low = band, .high = band}};
    }

    void set(std::int64_t hop, std::size_t band, float importance, float margin_db) {
        song_.set_importance(0, cell(hop, band), importance);
        song_.set_margin(0, cell(hop, band), margin_db);
    }

    PairSums sums() {
        PairSums sums{
            {goal_everywhere(0.5, 6.0), goal_everywhere(0.1, 0.0), goal_everywhere(0.1, 0.0)},
            half_cams(kBands)};
        song_.pass([&](StemHop const& hop) { sums.take(hop); });
        return sums;
    }

    MaskedHops song_{3, kBands, 2};
};

constexpr StemPair kFirst{.masked = 0, .masker = 1};
constexpr StemPair kSecond{.masked = 0, .masker = 2};

TEST_F(MaskingSums, TheScoreIsTheCostOverTheWeight) {
    set(0, kLow, 0.25F, 1.0F);    // lacks 5 dB
    set(0, kHigh, 0.75F, 6.0F);   // lacks nothing
    set(1, kLow, 0.375F, -20.0F); // lacks 26 dB, which count as 12
    set(1, kHigh, 0.625F, 9.0F);  // more than it asks for
    auto const found = sums();
    EXPECT_NEAR(found.score_db(), 0.5 * (0.25 * 5.0 + 0.375 * 12.0) / 2.0, kFloat);
    EXPECT_NEAR(found.weight(0), 2.0, kFloat);
    EXPECT_NEAR(found.lacking_weight(0), 0.625, kFloat);
    EXPECT_EQ(found.hops(), 2);
    EXPECT_EQ(found.playing_hops(0), 2);
}

TEST_F(MaskingSums, EveryStemAddsToTheScore) {
    set(0, kLow, 1.0F, 1.0F);
    song_.set_importance(1, cell(0, kHigh), 1.0F);
    song_.set_margin(1, cell(0, kHigh), -3.0F);
    EXPECT_NEAR(sums().score_db(), 0.5 * 5.0 + 0.1 * 3.0, kFloat);
}

TEST_F(MaskingSums, AMaskerIsToBlameForItsShareOfWhatIsLacking) {
    set(0, kLow, 0.25F, 1.0F);
    set(0, kHigh, 0.75F, -2.0F);
    set(1, kHigh, 1.0F, 12.0F);
    song_.set_masker(1, cell(0, kLow), 1.0F);  // with the quiet, 1: a half of it
    song_.set_masker(2, cell(0, kHigh), 3.0F); // three quarters
    auto const found = sums();
    EXPECT_NEAR(found.shortfall_db(kFirst), 0.25 * 0.5 * 5.0 / 2.0, kFloat);
    EXPECT_NEAR(found.shortfall_db(kSecond), 0.75 * 0.75 * 8.0 / 2.0, kFloat);
    EXPECT_EQ(found.shortfall_db({.masked = 1, .masker = 0}), 0.0);
    EXPECT_NEAR(found.mean_share(kFirst, kLow), 0.5, kFloat);
    EXPECT_NEAR(found.mean_share(kSecond, kHigh), 0.75, kFloat);
    EXPECT_EQ(found.mean_share(kFirst, kHigh), 0.0);
}

TEST_F(MaskingSums, TimeCountsWhereATenthOfTheImportanceIsCovered) {
    set(0, kLow, 0.11F, 1.0F);
    set(0, kHigh, 0.89F, 12.0F);
    set(1, kLow, 0.09F, 1.0F);
    set(1, kHigh, 0.91F, 12.0F);
    song_.set_masker(1, song_.everywhere(), 1.0F);
    auto const found = sums();
    EXPECT_EQ(found.percent_of_time(kFirst), 50.0);
    EXPECT_EQ(found.percent_of_time(kSecond), 0.0);
}

TEST_F(MaskingSums, OnlyMaskersWithThreeTenthsHaveANeed) {
    set(0, kLow, 0.5F, 1.0F);
    song_.set_masker(1, cell(0, kLow), 1.0F); // of 2.5: 0.4
    song_.set_masker(2, cell(0, kLow), 0.5F); // 0.2
    auto const found = sums();
    ASSERT_EQ(found.needs().size(), 1U);
    auto const& need = found.needs().at(kFirst)[kLow];
    EXPECT_NEAR(need.weight, 0.5, kFloat);
    EXPECT_NEAR(need.share / need.weight, 0.4, kFloat);
    EXPECT_NEAR(need.masked_power / need.weight, 2.5 * std::pow(10.0, 0.1), 10.0 * kFloat);
    EXPECT_NEAR(need.shortfall_db(0.75), 5.0, kHalfAStep_db);
    EXPECT_EQ(need.hops, 1);
    EXPECT_EQ(need.essential, 0.0);
}

TEST_F(MaskingSums, ABandIsEssentialToItsMaskerNearItsStrongest) {
    set(0, kLow, 0.5F, 1.0F);
    set(1, kLow, 0.5F, 1.0F);
    song_.set_masker(1, song_.everywhere(), 1.0F);
    // 0.73 of the highest importance is 6 dB of level.
    song_.set_importance(1, cell(0, kHigh), 0.4F);
    song_.set_importance(1, cell(0, kLow), 0.73F * 0.4F + 0.001F);
    song_.set_importance(1, cell(1, kHigh), 0.4F);
    song_.set_importance(1, cell(1, kLow), 0.73F * 0.4F - 0.001F);
    EXPECT_NEAR(sums().needs().at(kFirst)[kLow].essential, 0.5, kFloat);
}

TEST_F(MaskingSums, GoalsAreThoseOfTheBand) {
    auto const bands_hz = half_cams(kBands);
    MaskingGoal const goal{
        .low = {.priority = 0.8, .margin_db = 4.0}, .high = {.priority = 0.1, .margin_db = 0.0}};
    PairSums const found{{goal}, bands_hz};
    for (std::size_t b = 0; b < kBands; ++b) {
        EXPECT_EQ(found.goal(0, b), bands_hz[b] <= 250.0 ? goal.low : goal.high) << bands_hz[b];
    }
    EXPECT_EQ(goal.at(250.0), goal.low);
    EXPECT_EQ(goal.at(250.1), goal.high);
}

TEST_F(MaskingSums, WhatIsLackingAfterAChangeIsKnownToHalfAStep) {
    set(0, kLow, 0.5F, 1.0F); // lacks 5 dB
    auto const found = sums();
    auto const& lack = found.lack(0, kLow);
    EXPECT_NEAR(lack.mass_after(0.0) / 0.5, 5.0, kHalfAStep_db);
    EXPECT_NEAR(lack.mass_after(2.0) / 0.5, 3.0, kHalfAStep_db);
    EXPECT_NEAR(lack.mass_after(-3.0) / 0.5, 8.0, kHalfAStep_db);
    EXPECT_EQ(lack.mass_after(6.0), 0.0);
    EXPECT_NEAR(lack.mass_after(-40.0) / 0.5, 12.0, kFloat); // bounded
}

TEST_F(MaskingSums, WhatWasClearMayComeToLack) {
    set(0, kLow, 0.5F, 8.0F); // 2 dB over what it asks for
    auto const found = sums();
    EXPECT_EQ(found.lack(0, kLow).weight, 0.0);
    EXPECT_EQ(found.lack(0, kLow).mass_after(0.0), 0.0);
    EXPECT_NEAR(found.lack(0, kLow).mass_after(-5.0) / 0.5, 3.0, kHalfAStep_db);
}

TEST_F(MaskingSums, SilenceScoresNothing) {
    auto const found = sums();
    EXPECT_EQ(found.score_db(), 0.0);
    EXPECT_EQ(found.shortfall_db(kFirst), 0.0);
    EXPECT_EQ(found.mean_share(kFirst, kLow), 0.0);
    EXPECT_TRUE(found.needs().empty());
    PairSums const never{{goal_everywhere(0.5, 6.0)}, half_cams(kBands)};
    EXPECT_EQ(never.score_db(), 0.0);
    EXPECT_EQ(never.percent_of_time({}), 0.0);
}

TEST(MaskingNeed, APercentileIsOfTheWeight) {
    BandNeed need;
    need.weight = 4.0;
    need.shortfall[2] = 1.0F;  // 1.0 .. 1.5 dB
    need.shortfall[10] = 2.0F; // 5.0 .. 5.5 dB
    need.shortfall[20] = 1.0F; // 10.0 .. 10.5 dB
    EXPECT_EQ(need.shortfall_db(0.25), 1.25);
    EXPECT_EQ(need.shortfall_db(0.26), 5.25);
    EXPECT_EQ(need.shortfall_db(0.75), 5.25);
    EXPECT_EQ(need.shortfall_db(0.76), 10.25);
    EXPECT_EQ(need.shortfall_db(1.0), 10.25);
}

/// How a hop is read.
class MaskingHopReader : public ::testing::Test {
  protected:
    static constexpr std::size_t kBands = 9;
    MaskedHops song_{2, kBands, 1};
};

TEST_F(MaskingHopReader, AMarginIsThatOfTheClearestFilterWithinACam) {
    song_.set_margin(0, {.hops = {}, .bands = {.low = 0, .high = 8}}, -5.0F);
    song_.set_margin(0, {.hops = {}, .bands = {.low = 4, .high = 4}}, 9.0F);
    song_.pass([&](StemHop const& hop) {
        for (std::size_t b = 0; hop.stem == 0 && b < kBands; ++b) {
            EXPECT_EQ(hop.margin_db[b], b >= 2 && b <= 6 ? 9.0F : -5.0F) << b;
            EXPECT_EQ(hop.own_margin_db[b], b == 4 ? 9.0F : -5.0F) << b;
        }
    });
}

TEST_F(MaskingHopReader, PowersAreThoseOfTheEarThatHearsItBetter) {
    auto const activity = song_.all_play();
    StemHopReader reader{kBands, kTestHop_s, activity};
    song_.set_margin(0, song_.everywhere(), 3.0F);
    auto const view = song_.view(0, 1);
    // Softer on the right, but there its threshold is lower still.
    song_.at(0, 0, MaskingField::excitation_left, 3) = 8.0F;
    song_.at(0, 0, MaskingField::threshold_left, 3) = 4.0F;
    song_.at(0, 0, MaskingField::excitation_right, 3) = 6.0F;
    song_.at(0, 0, MaskingField::threshold_right, 3) = 2.0F;
    song_.at(0, 1, MaskingField::masker_right, 3) = 0.5F;
    auto const hop = reader.read(view, 0, 0);
    EXPECT_EQ(hop.ear[3], 1);
    EXPECT_EQ(hop.excitation(3), 6.0F);
    EXPECT_EQ(hop.threshold(3), 2.0F);
    EXPECT_EQ(hop.masker(1, 3), 0.5F);
    EXPECT_EQ(hop.ear[2], 0); // equals: left
}

} // namespace

} // namespace stemlathe::test
