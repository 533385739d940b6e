#include "kernels/placement/placement.hpp"
#include "tests/reference/placement_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace stemlathe::test {

namespace {

using Placement = EachBackend;

/// Matrix, product and sum round to float32 once or twice each: 4 * 2^-24 of a value of at most 4.
constexpr double kPlacement_dbfs = -120.0;

Signal place(Backend& backend, StereoMatrix const& matrix, Signal const& signal) {
    auto const stage = backend.make_placement(matrix);
    return run(backend, *stage, signal);
}

TEST_P(Placement, FollowsTheReferenceForGainWidthAndPan) {
    auto const noise = white_noise({.level_dbfs = -12.0, .frames = 5'000, .seed = 5});
    for (double const gain_db : {-24.0, 0.0, 6.0}) {
        for (double const width : {0.0, 0.5, 1.0, 2.0}) {
            for (double const pan : {-1.0, -0.3, 0.0, 0.7, 1.0}) {
                Signal expected(noise.size());
                for (std::size_t i = 0; i < noise.size(); i += 2) {
                    auto const [left, right] =
                        reference::placed(noise[i], noise[i + 1], gain_db, width, pan);
                    expected[i] = static_cast<float>(left);
                    expected[i + 1] = static_cast<float>(right);
                }
                auto const matrix = then(gain_matrix(gain_db), width_and_pan_matrix(width, pan));
                EXPECT_TRUE(audio_near(place(*backend, matrix, noise), expected, kPlacement_dbfs))
                    << gain_db << " dB, width " << width << ", pan " << pan;
            }
        }
    }
}

TEST_P(Placement, GivesBackTheInputItselfWhenNeutral) {
    auto const matrix = then(gain_matrix(0.0), width_and_pan_matrix(1.0, 0.0));
    EXPECT_EQ(matrix, StereoMatrix{});
    auto const noise = white_noise({.frames = 1'000});
    AudioBuffer buffer;
    auto const view = backend->upload(noise, 12, buffer);
    auto const stage = backend->make_placement(matrix);
    auto const out = stage->process(view);
    EXPECT_EQ(out.samples, view.samples);
    EXPECT_EQ(out.position, 12);
    EXPECT_EQ(stage->finish().frames, 0);
}

TEST_P(Placement, KeepsZerosForMutedChannelsAndSignsForInvertedOnes) {
    auto const noise = white_noise({.frames = 33});
    Signal expected(noise.size());
    for (std::size_t i = 0; i < noise.size(); i += 2) {
        expected[i] = -noise[i];
    }
    StereoMatrix const matrix{.ll = -1.0F, .lr = 0.0F, .rl = 0.0F, .rr = 0.0F};
    EXPECT_EQ(peak_difference_dbfs(place(*backend, matrix, noise), expected), -300.0);
}

TEST_P(Placement, GivesTheSameBitsForEverySegmentSize) {
    auto const noise = white_noise({.frames = 70'000, .seed = 9});
    auto const matrix = then(gain_matrix(-3.7), width_and_pan_matrix(1.4, -0.2));
    auto const stage = backend->make_placement(matrix);
    auto const whole = run(*backend, *stage, noise, 70'000);
    for (std::int64_t const segment : {31, 4096, 65'536}) {
        EXPECT_TRUE(audio_identical(run(*backend, *stage, noise, segment), whole));
    }
    Signal const start(noise.begin(), noise.begin() + 1'000);
    EXPECT_TRUE(
        audio_identical(run(*backend, *stage, start, 1), std::span{whole}.first(start.size()))
    );
}

TEST_P(Placement, ScalesHostileSignalsLikeAnyOther) {
    auto const half = gain_matrix(20.0 * std::log10(0.5));
    for (float const value : {0.0F, 1.0F, -1.0F, 1e-40F, 3e38F}) {
        for (std::size_t const frames : {1U, 31U, 32U, 33U}) {
            EXPECT_TRUE(audio_identical(
                place(*backend, half, Signal(2 * frames, value)), Signal(2 * frames, value / 2.0F)
            )) << value;
        }
    }
}

TEST_P(Placement, RefusesFactorsThatAreNotFinite) {
    for (float const wrong :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        try {
            (void)backend->make_placement({.ll = 1.0F, .lr = wrong, .rl = 0.0F, .rr = 1.0F});
            ADD_FAILURE() << wrong << " was accepted";
        } catch (Failure const& failure) {
            EXPECT_EQ(failure.code(), Code::invalid_plan);
            EXPECT_NE(std::string{failure.what()}.find("finite"), std::string::npos);
        }
    }
}

INSTANTIATE_EACH_BACKEND(Placement);

TEST(StereoMatrices, LeaveTheNearChannelAloneWhenPanned) {
    EXPECT_EQ(width_and_pan_matrix(1.0, -1.0), (StereoMatrix{1.0F, 0.0F, 0.0F, 0.0F}));
    EXPECT_EQ(width_and_pan_matrix(1.0, 1.0), (StereoMatrix{0.0F, 0.0F, 0.0F, 1.0F}));
    EXPECT_NEAR(width_and_pan_matrix(1.0, 0.5).ll, std::sqrt(0.5), 1e-7);
    EXPECT_EQ(width_and_pan_matrix(1.0, 0.5).rr, 1.0F);
}

TEST(StereoMatrices, MakeMonoAtWidthZero) {
    EXPECT_EQ(width_and_pan_matrix(0.0, 0.0), (StereoMatrix{0.5F, 0.5F, 0.5F, 0.5F}));
}

TEST(StereoMatrices, ApplyTheSecondAfterTheFirst) {
    StereoMatrix const only_left{.ll = 1.0F, .lr = 0.0F, .rl = 0.0F, .rr = 0.0F};
    StereoMatrix const swapped{.ll = 0.0F, .lr = 1.0F, .rl = 1.0F, .rr = 0.0F};
    EXPECT_EQ(then(only_left, swapped), (StereoMatrix{0.0F, 0.0F, 1.0F, 0.0F}));
    EXPECT_EQ(then(swapped, only_left), (StereoMatrix{0.0F, 1.0F, 0.0F, 0.0F}));
}

} // namespace

} // namespace stemlathe::test
