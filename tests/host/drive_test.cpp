#include "host/pipeline/drive.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace stemlathe::test {

namespace {

/// A song for which limiting is known in closed form: peaks `crest_db` over its loudness, of which
/// the limiter takes what lies over the ceiling, at a loss of `loss` LU per dB taken.
struct Song {
    double lufs = -20.0;
    double crest_db = 10.0;
    double ceiling_dbtp = -1.0;
    double loss = 0.3;
    int* passes = nullptr;

    [[nodiscard]] DriveReading at(double drive_db) const {
        if (passes != nullptr) {
            ++*passes;
        }
        double const over = std::max(lufs + crest_db + drive_db - ceiling_dbtp, 0.0);
        return {
            .integrated_lufs = lufs + drive_db - loss * over,
            .short_term_max_lufs = lufs + drive_db + 2.0,
            .reduction_p95_db = over};
    }

    [[nodiscard]] Drive solved(DriveWish const& wish) const {
        return solve_drive(wish, lufs, [&](double drive_db) { return at(drive_db); });
    }
};

TEST(Drive, IsThePlainDifferenceWhereNothingLimits) {
    int passes = 0;
    Song const song{.crest_db = 1.0, .passes = &passes};
    auto const drive = song.solved({.target_lufs = -14.0});
    EXPECT_DOUBLE_EQ(drive.drive_db, 6.0);
    EXPECT_EQ(drive.bound, DriveBound::target);
    EXPECT_EQ(passes, 1);
}

TEST(Drive, MakesUpForWhatTheLimiterTakes) {
    int passes = 0;
    Song const song{.passes = &passes};
    auto const drive = song.solved({.target_lufs = -14.0});
    EXPECT_NEAR(drive.reading.integrated_lufs, -14.0, kDriveTolerance_lu);
    EXPECT_LE(passes, 4);
}

TEST(Drive, StopsAtTheBudgetAndSaysWhatTheWishWouldCost) {
    Song const song{};
    auto const drive = song.solved({.target_lufs = -8.0, .budget_db = 2.0});
    EXPECT_EQ(drive.bound, DriveBound::budget);
    EXPECT_LE(drive.reading.reduction_p95_db, 2.0);
    EXPECT_GE(drive.reading.reduction_p95_db, 1.9);
    EXPECT_GT(drive.wish_cost_db, 2.0);
}

TEST(Drive, LetsTheHardRangeOverruleTheBudget) {
    Song const song{.crest_db = 14.0};
    DriveWish const wish{
        .target_lufs = -10.0, .hard_min_lufs = -12.0, .hard_max_lufs = -9.0, .budget_db = 0.5};
    auto const drive = song.solved(wish);
    EXPECT_EQ(drive.bound, DriveBound::hard_range);
    EXPECT_TRUE(drive.over_budget);
    EXPECT_GE(drive.reading.integrated_lufs, -12.0);
    EXPECT_LE(drive.reading.integrated_lufs, -11.8);
}

TEST(Drive, BacksOffInsideTheHardRangeFirst) {
    Song const song{.crest_db = 14.0};
    DriveWish const wish{
        .target_lufs = -10.0, .hard_min_lufs = -16.0, .hard_max_lufs = -9.0, .budget_db = 2.0};
    auto const drive = song.solved(wish);
    EXPECT_EQ(drive.bound, DriveBound::budget);
    EXPECT_FALSE(drive.over_budget);
    EXPECT_LE(drive.reading.reduction_p95_db, 2.0);
}

TEST(Drive, NeverAimsOutsideTheHardRange) {
    Song const song{.crest_db = 1.0};
    auto const drive = song.solved({.target_lufs = -12.0, .hard_max_lufs = -17.0});
    EXPECT_LE(drive.reading.integrated_lufs, -17.0);
    EXPECT_LT(drive.wish_lufs, -17.0);
}

TEST(Drive, HoldsPeaksByTheGainAloneWhereNothingMayLimit) {
    for (double const budget_db : {6.0, 0.0}) {
        auto const drive = solve_drive(
            {.target_lufs = -14.0, .budget_db = budget_db, .drive_max_db = 4.5},
            -20.0,
            [](double drive_db) { return DriveReading{.integrated_lufs = -20.0 + drive_db}; }
        );
        EXPECT_DOUBLE_EQ(drive.drive_db, 4.5);
        EXPECT_EQ(drive.bound, DriveBound::peaks);
    }
}

TEST(Drive, KeepsShortProgrammesUnderTheirShortTermLimit) {
    Song const song{.crest_db = 1.0};
    auto const drive = song.solved({.target_lufs = -23.0, .short_term_max_lufs = -21.5});
    EXPECT_EQ(drive.bound, DriveBound::short_term);
    EXPECT_LE(drive.reading.short_term_max_lufs, -21.5);
    EXPECT_GE(drive.reading.short_term_max_lufs, -21.6);
}

TEST(Drive, LeavesSilenceAlone) {
    Song const song{.lufs = -300.0};
    EXPECT_DOUBLE_EQ(song.solved({.target_lufs = -14.0}).drive_db, 0.0);
}

TEST(Drive, LeavesTheLevelAloneWhereNoLoudnessIsWanted) {
    Song const song{};
    EXPECT_DOUBLE_EQ(song.solved({}).drive_db, 0.0);
    EXPECT_DOUBLE_EQ(song.solved({.drive_max_db = -3.0}).drive_db, -3.0);
}

/// A limiter so inefficient that loudness saturates: the budget must end the search.
TEST(Drive, EndsWhereLoudnessSaturates) {
    Song const song{.loss = 0.99};
    auto const drive = song.solved({.target_lufs = -8.0, .budget_db = 6.0});
    EXPECT_EQ(drive.bound, DriveBound::budget);
    EXPECT_LE(drive.reading.reduction_p95_db, 6.0);
}

} // namespace

} // namespace stemlathe::test
