#include "host/masking/fix_solver.hpp"
#include "tests/host/masked_hops.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace stemlathe::test {

namespace {

constexpr std::size_t kSolverBands = 75;
constexpr BandRange kRegion{.low = 34, .high = 41};

/// A voice (stem 0) of priority 1 that aims at 6 dB, and others in its way.
class MaskingSolver : public ::testing::Test {
  protected:
    static constexpr std::int64_t kHops = 400;

    /// For this share of the song, from its beginning.
    void cover(double duty, float margin_db, std::vector<float> const& maskers) {
        auto const last = std::llround(duty * kHops) - 1;
        cover({.hops = {.first = 0, .last = last}, .bands = kRegion}, margin_db, maskers);
    }

    void cover(Cells cells, float margin_db, std::vector<float> const& maskers) {
        song_.set_importance(0, cells, 0.125F);
        song_.set_margin(0, cells, margin_db);
        for (std::size_t j = 0; j < maskers.size(); ++j) {
            song_.set_masker(j + 1, cells, maskers[j]);
        }
    }

    std::vector<Fix> solve() {
        PairSums sums{goals_, bands_hz_};
        song_.pass([&](StemHop const& hop) { sums.take(hop); });
        auto const events = events_of(song_, goals_, song_.all_play(), song_.hops());
        return fix_candidates(
            {.sums = sums,
             .events = events,
             .bands_hz = bands_hz_,
             .files = files_,
             .may_change = may_change_,
             .calibration_db_spl = calibration_db_spl_}
        );
    }

    std::vector<Fix> cuts() {
        auto fixes = solve();
        std::erase_if(fixes, [](Fix const& fix) { return !fix.is_cut(); });
        return fixes;
    }

    /// Of the most helpful cut.
    DynamicKey key() {
        auto const found = cuts();
        EXPECT_FALSE(found.empty());
        return found.at(0).band.dynamic.value_or(DynamicKey{.key = "none"});
    }

    MaskedHops song_{3, kSolverBands, kHops};
    std::vector<double> bands_hz_ = half_cams(kSolverBands);
    std::vector<std::string> files_{"voice.wav", "guitar.wav", "pad.wav"};
    std::vector<bool> may_change_{true, true, true};
    std::vector<MaskingGoal> goals_{
        goal_everywhere(1.0, 6.0), goal_everywhere(0.4, 3.0), goal_everywhere(0.1, 0.0)};
    double calibration_db_spl_ = 95.0;
};

/// A shortfall is known by its step of 0.5 dB, whose middle this is; here 1.5 .. 2 dB.
constexpr float kMargin_db = 4.4F;
constexpr double kWanted_db = 1.75;
/// Gains are rounded to 0.1 dB.
constexpr double kGainStep_db = 0.0501;

/// What cuts a masker's share c so that the threshold falls by `wanted_db`.
double asked_db(double share, double wanted_db) {
    return 10.0 * std::log10(1.0 - (1.0 - std::pow(10.0, -wanted_db / 10.0)) / share);
}

TEST_F(MaskingSolver, AsksForTheCutThatBringsTheThresholdDown) {
    cover(1.0, kMargin_db, {masker_with_share(0.8F)});
    auto const found = cuts();
    ASSERT_EQ(found.size(), 1U);
    auto const& fix = found.front();
    EXPECT_EQ(fix.pair, (StemPair{.masked = 0, .masker = 1}));
    EXPECT_NEAR(fix.band.band.gain_db, asked_db(0.8, kWanted_db), kGainStep_db);
    EXPECT_EQ(fix.most_db, -fix.band.band.gain_db);
    EXPECT_FALSE(fix.band.dynamic);
    EXPECT_GT(fix.band.band.hz, bands_hz_[kRegion.low]);
    EXPECT_LT(fix.band.band.hz, bands_hz_[kRegion.high]);
    EXPECT_GT(fix.benefit_db, 0.0);
    EXPECT_LE(fix.band.band.q, 4.0);
}

TEST_F(MaskingSolver, CutsNoDeeperThanTheirKindMay) {
    float const far_below_db = -10.0F;
    std::vector<float> const guitar{masker_with_share(0.8F)};
    cover(1.0, far_below_db, guitar);
    ASSERT_EQ(cuts().size(), 1U);
    EXPECT_EQ(cuts().front().band.band.gain_db, -4.0);
    song_ = MaskedHops{3, kSolverBands, kHops};
    cover(0.39, far_below_db, guitar); // keyed where it lasts for less than two fifths
    ASSERT_EQ(cuts().size(), 1U);
    EXPECT_TRUE(cuts().front().band.dynamic);
    EXPECT_EQ(cuts().front().band.band.gain_db, -6.0);
    // In those bands lies what is most important to the guitar.
    song_.set_importance(1, {.hops = {.first = 0, .last = kHops - 1}, .bands = kRegion}, 0.125F);
    song_.set_margin(1, song_.everywhere(), 20.0F);
    ASSERT_EQ(cuts().size(), 1U);
    EXPECT_EQ(cuts().front().band.band.gain_db, -3.0);
}

TEST_F(MaskingSolver, TwoFifthsOfTheMaskersTimeMakeACutStatic) {
    cover(0.4, kMargin_db, {masker_with_share(0.8F)});
    ASSERT_EQ(cuts().size(), 1U);
    EXPECT_FALSE(cuts().front().band.dynamic);
}

TEST_F(MaskingSolver, TheKeyIsTheVoiceAtItsLevel) {
    cover(0.3, kMargin_db, {masker_with_share(0.8F)});
    calibration_db_spl_ = 30.0;
    ASSERT_EQ(cuts().size(), 1U);
    auto const first = key();
    EXPECT_EQ(first.key, "voice.wav");
    EXPECT_EQ(first.attack_ms, 8.0);
    EXPECT_EQ(first.release_ms, 120.0);
    calibration_db_spl_ = 40.0; // full scale is louder by 10 dB, so the same voice is lower in it
    EXPECT_EQ(key().threshold_db, first.threshold_db - 10.0);
    calibration_db_spl_ = 160.0;
    EXPECT_EQ(key().threshold_db, -80.0);
    calibration_db_spl_ = 0.0;
    EXPECT_LE(key().threshold_db, 0.0);
}

TEST_F(MaskingSolver, StrokesThatComeAgainAndAgainDuckFaster) {
    for (std::int64_t first = 0; first + 15 < kHops; first += 60) {
        cover(
            {.hops = {.first = first, .last = first + 14}, .bands = kRegion},
            1.0F,
            {masker_with_share(0.8F)}
        );
    }
    ASSERT_EQ(cuts().size(), 1U);
    EXPECT_TRUE(cuts().front().recurring);
    ASSERT_TRUE(cuts().front().band.dynamic);
    EXPECT_EQ(key().attack_ms, 5.0);
    EXPECT_EQ(key().release_ms, 100.0);
}

TEST_F(MaskingSolver, EqualsGiveWayByHalf) {
    goals_[1] = goals_[0];
    cover(1.0, kMargin_db, {masker_with_share(0.8F)});
    auto const found = cuts();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NEAR(found.front().band.band.gain_db, 0.5 * asked_db(0.8, kWanted_db), kGainStep_db);
}

TEST_F(MaskingSolver, TheMoreImportantStemDoesNotGiveWay) {
    goals_[1] = goal_everywhere(1.1, 6.0);
    cover(1.0, kMargin_db, {masker_with_share(0.8F)});
    EXPECT_TRUE(cuts().empty());
}

TEST_F(MaskingSolver, OfSeveralTheLeastImportantGivesWayFirst) {
    // T = 1 + 4.5 + 4.5: a share of 0.45 each
    float const lacks_1_1_db = 4.9F;
    cover(1.0, lacks_1_1_db, {4.5F, 4.5F});
    auto const little = cuts();
    ASSERT_EQ(little.size(), 1U); // the pad alone can give what is wanted, 1 .. 1.5 dB
    EXPECT_EQ(little.front().pair.masker, 2U);
    EXPECT_NEAR(little.front().band.band.gain_db, asked_db(0.45, 1.25), kGainStep_db);
    cover(1.0, 0.0F, {4.5F, 4.5F});
    EXPECT_EQ(cuts().size(), 2U);
}

TEST_F(MaskingSolver, LeavesAloneWhatTheUserDecides) {
    cover(1.0, kMargin_db, {masker_with_share(0.8F)});
    may_change_ = {true, false, true};
    EXPECT_TRUE(cuts().empty());
    may_change_ = {false, true, true};
    auto const fixes = solve();
    ASSERT_EQ(fixes.size(), 1U); // no boost of the voice and no gain
    EXPECT_TRUE(fixes.front().is_cut());
}

TEST_F(MaskingSolver, AVoiceMayBeBoostedBesideAStaticCutAndRaised) {
    cover(1.0, kMargin_db, {masker_with_share(0.8F)});
    auto const fixes = solve();
    ASSERT_EQ(fixes.size(), 3U);
    EXPECT_TRUE(fixes[1].boosts);
    EXPECT_EQ(fixes[1].pair, (StemPair{.masked = 0, .masker = 0}));
    EXPECT_EQ(fixes[1].band.band.hz, fixes[0].band.band.hz);
    EXPECT_EQ(fixes[1].most_db, 2.0);
    EXPECT_TRUE(fixes[2].is_gain());
    EXPECT_EQ(fixes[2].pair, (StemPair{.masked = 0, .masker = 0}));
    EXPECT_LE(fixes[2].most_db, 1.0);
}

TEST_F(MaskingSolver, IsNotRaisedWhereLittleOfItIsCovered) {
    cover(0.1, kMargin_db, {masker_with_share(0.8F)});
    Cells const rest{.hops = {.first = 40, .last = kHops - 1}, .bands = kRegion};
    song_.set_importance(0, rest, 0.125F);
    song_.set_margin(0, rest, 15.0F);
    auto const fixes = solve();
    ASSERT_EQ(fixes.size(), 1U); // and keyed cuts have no boost beside them
    EXPECT_TRUE(fixes.front().band.dynamic);
}

TEST_F(MaskingSolver, APairGetsTwoCutsAtMost) {
    for (std::size_t const low : {10U, 25U, 40U, 55U}) {
        cover(
            {.hops = {.first = 0, .last = kHops - 1}, .bands = {.low = low, .high = low + 6}},
            kMargin_db,
            {masker_with_share(0.8F)}
        );
    }
    EXPECT_EQ(cuts().size(), 2U);
}

TEST_F(MaskingSolver, NothingToDoMeansNoFixes) {
    EXPECT_TRUE(solve().empty());
    cover(1.0, 9.0F, {masker_with_share(0.8F)});
    EXPECT_TRUE(solve().empty());
}

TEST_F(MaskingSolver, AGainActsOnAllBandsAndABandAroundItsOwn) {
    Fix gain{.pair = {.masked = 0, .masker = 0}};
    set_gain(gain, 3.0, bands_hz_);
    EXPECT_EQ(gain.power, std::vector<double>(kSolverBands, std::pow(10.0, 0.3)));
    Fix cut{.pair = {.masked = 0, .masker = 1}};
    cut.band.band.hz = bands_hz_[40];
    set_gain(cut, -3.0, bands_hz_);
    EXPECT_NEAR(cut.power[40], std::pow(10.0, -0.3), 1e-9);
    EXPECT_NEAR(cut.power[0], 1.0, 0.02);
}

} // namespace

} // namespace stemlathe::test
