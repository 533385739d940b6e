#include "host/masking/activity.hpp"
#include "host/masking/goals.hpp"
#include "host/masking/listening.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace stemlathe::test {

namespace {

constexpr double kExact = 1e-9;

TEST(MaskingListening, TheMixIsTakenToHavePlaybackLoudness) {
    // A centred source of -14 LUFS has a mean square of -17.01 dB per channel, and 78 dB SPL.
    EXPECT_NEAR(calibration_db_spl({}, -14.0), 78.0 + 14.0 + 3.0103, kExact);
    EXPECT_NEAR(calibration_db_spl({}, -23.0), 104.0103, kExact);
    EXPECT_NEAR(calibration_db_spl({}, std::nullopt), 104.0103, kExact); // as EBU R 128 asks
}

TEST(MaskingListening, AFullScaleSineHasHalfTheSquareOfFullScale) {
    Listening const listening{.spl_at_full_scale_db = 100.0};
    EXPECT_NEAR(calibration_db_spl(listening, -14.0), 103.0103, kExact);
    EXPECT_NEAR(calibration_db_spl(listening, std::nullopt), 103.0103, kExact);
}

TEST(MaskingListening, StaysWithinWhatTheExcitationTakes) {
    EXPECT_EQ(calibration_db_spl({}, -120.0), 160.0);
    EXPECT_EQ(calibration_db_spl({.spl_at_full_scale_db = -50.0}, -14.0), 0.0);
}

/// Stems with these levels, one per 100 ms.
Activity activity_of(std::vector<float> levels_lufs, double range_db = 30.0) {
    std::vector<StemReading> const stems{{.level_lufs = std::move(levels_lufs)}};
    std::vector<MaskingGoal> const goals{{.range_db = range_db}};
    return {stems, goals};
}

TEST(MaskingActivity, AStemPlaysWithinItsRangeOfItsUsualLoudLevel) {
    std::vector<float> levels(100, -20.0F);
    levels[10] = -49.9F;
    levels[11] = -50.1F;
    auto const activity = activity_of(levels);
    EXPECT_TRUE(activity.plays(0, 0.95));
    EXPECT_TRUE(activity.plays(0, 1.05));
    EXPECT_FALSE(activity.plays(0, 1.15));
    EXPECT_TRUE(activity.plays(0, 1.2));
    auto const stroke = activity_of(levels, 12.0);
    EXPECT_FALSE(stroke.plays(0, 1.05));
}

TEST(MaskingActivity, OneLoudMomentDoesNotSilenceTheRest) {
    std::vector<float> levels(100, -45.0F);
    std::fill(levels.begin(), levels.begin() + 5, -10.0F); // exceeded for a twentieth: not counted
    EXPECT_TRUE(activity_of(levels).plays(0, 5.0));
    levels[5] = -10.0F;
    EXPECT_FALSE(activity_of(levels).plays(0, 5.0));
}

TEST(MaskingActivity, NothingPlaysAtTheAbsoluteGate) {
    std::vector<float> levels(100, -69.0F);
    levels[50] = -70.0F;
    auto const activity = activity_of(levels);
    EXPECT_TRUE(activity.plays(0, 0.0));
    EXPECT_FALSE(activity.plays(0, 5.0));
    EXPECT_FALSE(activity_of(std::vector<float>(100, -300.0F)).plays(0, 5.0));
}

TEST(MaskingActivity, SilenceDoesNotCountAsUsual) {
    std::vector<float> levels(1'000, -300.0F);
    levels[500] = -20.0F; // all that is heard
    levels[501] = -45.0F;
    auto const activity = activity_of(levels);
    EXPECT_TRUE(activity.plays(0, 50.0));
    EXPECT_TRUE(activity.plays(0, 50.1));
}

TEST(MaskingActivity, EndsAsItsLastTenthOfASecond) {
    EXPECT_TRUE(activity_of({-20.0F}).plays(0, 1'000.0));
    EXPECT_FALSE(activity_of({}).plays(0, 0.0));
}

MaskingGoal goal_of(Role role, std::string const& file, int priority = 0) {
    return masking_goal({.file = file, .role = role, .priority = priority});
}

TEST(MaskingGoals, FollowTheRole) {
    auto const vocals = goal_of(Role::vocals, "vocals.wav");
    EXPECT_EQ(vocals.high, (BandGoal{.priority = 1.0, .margin_db = 6.0}));
    EXPECT_EQ(vocals.low, (BandGoal{.priority = 0.7, .margin_db = 3.0}));
    EXPECT_EQ(vocals.range_db, 30.0);
    auto const drums = goal_of(Role::drums, "kick.wav");
    EXPECT_EQ(drums.low, drums.high);
    EXPECT_LT(drums.range_db, vocals.range_db);
    auto const bass = goal_of(Role::bass, "bass.wav");
    EXPECT_GT(bass.low.priority, bass.high.priority);
    EXPECT_GT(drums.low.priority, bass.low.priority); // the bass gives the kick its moment
    EXPECT_EQ(goal_of(Role::fx, "x.wav").high, (BandGoal{.priority = 0.1, .margin_db = 0.0}));
    EXPECT_EQ(goal_of(Role::other, "x.wav").high, (BandGoal{.priority = 0.4, .margin_db = 3.0}));
}

TEST(MaskingGoals, FollowTheLabelInAnyCase) {
    auto const lead = goal_of(Role::vocals, "Lead_Vox.wav");
    for (auto const* const file :
         {"BVox.wav", "Backing Vocals.flac", "Choir_L.wav", "harmony.wav"}) {
        EXPECT_LT(goal_of(Role::vocals, file).high.priority, lead.high.priority) << file;
    }
    auto const ordinary = goal_of(Role::instruments, "guitar.wav");
    EXPECT_GT(goal_of(Role::instruments, "GTR_SOLO.wav").high.priority, ordinary.high.priority);
    EXPECT_EQ(goal_of(Role::instruments, "GTR_SOLO.wav").high.margin_db, 6.0);
    EXPECT_LT(goal_of(Role::other, "Warm_PAD.wav").high.priority, ordinary.high.priority);
    // Labels only tell apart what a role leaves open.
    EXPECT_EQ(goal_of(Role::drums, "lead_pad.wav").high, goal_of(Role::drums, "d.wav").high);
}

TEST(MaskingGoals, EveryStepOfPriorityCountsAFifthWithinBounds) {
    auto const with = [](int priority) {
        return goal_of(Role::instruments, "keys.wav", priority);
    };
    EXPECT_NEAR(with(1).high.priority, 0.6, kExact);
    EXPECT_NEAR(with(-1).low.priority, 0.2, kExact);
    EXPECT_EQ(with(100).high.priority, 1.4);
    EXPECT_EQ(with(-100).low.priority, 0.1);
    EXPECT_EQ(with(2).high.margin_db, with(0).high.margin_db);
}

} // namespace

} // namespace stemlathe::test
