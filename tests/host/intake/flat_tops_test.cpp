#include "host/intake/checks/checks.hpp"
#include "kernels/base/units.hpp"
#include "tests/host/intake/checked.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace stemlathe::test {

namespace {

std::vector<Finding> flat_tops(Signal const& signal) {
    return findings_of(intake::make_flat_tops_check, stem_of(signal), signal);
}

Signal clipped_at(Signal signal, float rail) {
    for (float& x : signal) {
        x = std::clamp(x, -rail, rail);
    }
    return signal;
}

/// A song-like signal with a crest factor that a converter would clip.
Signal hot_noise() {
    return pink_noise({.level_dbfs = -6.0, .frames = 48'000});
}

/// Noise at -20 dBFS with `frames` samples at `level` from frame 10 000 on.
Signal noise_with_flat_top(int frames, float level) {
    auto signal = pink_noise({.level_dbfs = -20.0, .frames = 24'000});
    for (int i = 0; i < frames; ++i) {
        signal[2 * static_cast<std::size_t>(10'000 + i)] = level;
    }
    return signal;
}

TEST(IntakeClipping, CountsThreeSamplesInARowAtFullScale) {
    auto const found =
        finding_in(flat_tops(noise_with_flat_top(3, 0x0.FFFFFEp0F)), "clipped_samples");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->severity, Severity::warn);
    EXPECT_EQ(found->measured, 3.0);
    EXPECT_NEAR(*found->start_s, 10'000 / 48'000.0, 1e-9);
    EXPECT_NEAR(*found->end_s, 10'003 / 48'000.0, 1e-9);
    EXPECT_TRUE(flat_tops(noise_with_flat_top(2, 0x0.FFFFFEp0F)).empty());
}

TEST(IntakeClipping, FindsRunsThatCrossBlocks) {
    for (std::size_t const first : {1022U, 1023U, 1024U, 4095U}) {
        auto signal = pink_noise({.level_dbfs = -20.0, .frames = 8'000});
        for (std::size_t i = first; i < first + 5; ++i) {
            signal[2 * i + 1] = -1.0F;
        }
        auto const found = finding_in(flat_tops(signal), "clipped_samples");
        ASSERT_TRUE(found) << first;
        EXPECT_EQ(found->measured, 5.0);
        EXPECT_NEAR(*found->start_s, static_cast<double>(first) / 48'000.0, 1e-9);
    }
}

TEST(IntakeClipping, FindsAClippedConverterAndLeavesItsInputAlone) {
    auto const loud = hot_noise();
    EXPECT_TRUE(finding_in(flat_tops(quantised(loud, 24)), "clipped_samples"));
    auto const quiet = scaled(loud, 0.2F);
    EXPECT_TRUE(flat_tops(quantised(quiet, 24)).empty());
}

TEST(IntakeClipping, FindsClippingThatWasTurnedDown) {
    auto const clipped = clipped_at(hot_noise(), 0.7F);
    auto const found =
        finding_in(flat_tops(quantised(scaled(clipped, 0.5F), 24)), "clipped_below_full_scale");
    ASSERT_TRUE(found);
    EXPECT_GE(*found->measured, 3.0);
    EXPECT_NE(found->message.find("-9.1 dBFS"), std::string::npos) << found->message;
}

TEST(IntakeClipping, AsksForFiveFlatTopsBelowFullScale) {
    for (int const tops : {4, 5}) {
        auto signal = pink_noise({.level_dbfs = -30.0, .frames = 24'000});
        for (int i = 0; i < tops; ++i) {
            for (std::size_t k = 0; k < 3; ++k) {
                signal[2 * (static_cast<std::size_t>(4'000 * i + 999) + k)] = 0.5F;
            }
        }
        EXPECT_EQ(finding_in(flat_tops(signal), "clipped_below_full_scale").has_value(), tops == 5);
    }
}

TEST(IntakeClipping, LeavesTheCrestOfALowNoteIn16BitsAlone) {
    // Near its crest a 30 Hz sine stays within one 16-bit step for half a dozen samples.
    auto const note = quantised(sine({.hz = 30.0, .level_dbfs = 0.0, .seconds = 2.0}), 16);
    EXPECT_TRUE(flat_tops(note).empty());
    auto const clipped = quantised(sine({.hz = 30.0, .level_dbfs = 0.1, .seconds = 2.0}), 16);
    EXPECT_TRUE(finding_in(flat_tops(clipped), "clipped_samples"));
}

TEST(IntakeClipping, LeavesASquareWaveAlone) {
    auto square = sine({.hz = 100.0, .level_dbfs = -6.0, .seconds = 1.0});
    for (float& x : square) {
        x = x < 0.0F ? -0.5F : 0.5F;
    }
    EXPECT_TRUE(flat_tops(square).empty());
}

TEST(IntakeClipping, KnowsNothingOfSilenceAndSingleFrames) {
    EXPECT_TRUE(flat_tops(silence(5'000)).empty());
    EXPECT_TRUE(flat_tops(Signal{1.0F, 1.0F}).empty());
}

} // namespace

} // namespace stemlathe::test
