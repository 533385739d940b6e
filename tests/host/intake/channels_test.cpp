#include "host/intake/checks/checks.hpp"
#include "tests/host/intake/checked.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace stemlathe::test {

namespace {

Signal noise(double level_dbfs = -20.0, std::uint64_t seed = 1) {
    return pink_noise({.level_dbfs = level_dbfs, .frames = 96'000, .seed = seed});
}

/// right = a * left + b * other noise
Signal mixed(float a, float b) {
    auto signal = noise();
    auto const other = noise(-20.0, 2);
    for (std::size_t i = 0; i < signal.size(); i += 2) {
        signal[i + 1] = a * signal[i] + b * other[i];
    }
    return signal;
}

TEST(IntakeDeadChannel, IsEmptyWhileTheOtherPlays) {
    auto const dead = [](float gain) {
        auto const signal = with_right(noise(), [=](float left) { return gain * left; });
        return findings_of(intake::make_dead_channel_check, stem_of(signal), signal);
    };
    auto const found = finding_in(dead(0.0F), "dead_channel");
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->measured) << "digital silence has no level";
    EXPECT_NE(found->message.find("its right channel is empty"), std::string::npos);
    EXPECT_TRUE(finding_in(dead(3e-4F), "dead_channel")) << "-90 dBFS at the loudest";
    EXPECT_TRUE(dead(3e-3F).empty()) << "-70 dBFS";
}

TEST(IntakeDeadChannel, SaysNothingOfQuietOrMonoStems) {
    auto const quiet = with_right(noise(-60.0), [](float) { return 0.0F; });
    EXPECT_TRUE(findings_of(intake::make_dead_channel_check, stem_of(quiet), quiet).empty());
    auto const loud = noise();
    EXPECT_TRUE(findings_of(intake::make_dead_channel_check, stem_of(loud), loud, true).empty());
}

TEST(IntakeMonoAsStereo, HoldsTheSameInBothChannels) {
    auto const found = [](Signal const& signal) {
        return finding_in(
            findings_of(intake::make_mono_as_stereo_check, stem_of(signal), signal),
            "mono_as_stereo"
        );
    };
    auto const copy = with_right(noise(), [](float left) { return left; });
    ASSERT_TRUE(found(copy));
    EXPECT_EQ(found(copy)->severity, Severity::info);
    EXPECT_FALSE(found(copy)->measured);
    EXPECT_TRUE(found(with_right(noise(), [](float left) { return left * (1.0F + 4e-5F); })))
        << "side 94 dB under mid";
    EXPECT_FALSE(found(with_right(noise(), [](float left) { return left * (1.0F + 1e-4F); })))
        << "86 dB";
    EXPECT_FALSE(found(silence(5'000)));
    EXPECT_FALSE(found(noise()));
}

TEST(IntakeCorrelation, TellsInvertedFromWideFromUsual) {
    auto const codes = [](Signal const& signal) {
        auto const all = findings_of(intake::make_correlation_check, stem_of(signal), signal);
        return all.empty() ? std::string{} : all.front().code;
    };
    EXPECT_EQ(codes(with_right(noise(), [](float left) { return -left; })), "channel_polarity");
    // The correlation of right = a left + b other is a / sqrt(a^2 + b^2).
    EXPECT_EQ(codes(mixed(-0.7F, 1.0F)), "channel_polarity") << "-0.57";
    EXPECT_EQ(codes(mixed(-0.45F, 1.0F)), "correlation") << "-0.41";
    EXPECT_EQ(codes(mixed(-0.1F, 1.0F)), "") << "-0.10";
    EXPECT_EQ(codes(mixed(0.5F, 1.0F)), "");
}

TEST(IntakeCorrelation, JudgesByTheMedianAndByWhatIsLoud) {
    // A third of the time inverted, two thirds quiet and inverted.
    auto signal = noise();
    for (std::size_t i = 0; i < signal.size(); i += 2) {
        bool const wide = i < signal.size() / 3;
        signal[i + 1] = wide ? -signal[i] : signal[i];
    }
    EXPECT_TRUE(findings_of(intake::make_correlation_check, stem_of(signal), signal).empty());
    auto const quiet = with_right(noise(-55.0), [](float left) { return -left; });
    EXPECT_TRUE(findings_of(intake::make_correlation_check, stem_of(quiet), quiet).empty());
}

TEST(IntakeDcOffset, StandsOutOfTheMusic) {
    auto const offset = [](float shift) {
        auto signal = white_noise({.level_dbfs = -20.0, .frames = 480'000});
        for (std::size_t i = 0; i < signal.size(); i += 2) {
            signal[i] += shift;
        }
        return finding_in(
            findings_of(intake::make_dc_offset_check, stem_of(signal), signal), "dc_offset"
        );
    };
    ASSERT_TRUE(offset(0.0015F));
    EXPECT_NEAR(*offset(0.0015F)->measured, 0.0015, 4e-4);
    EXPECT_TRUE(offset(-0.0015F));
    EXPECT_FALSE(offset(0.0007F));
}

TEST(IntakeDcOffset, IsNotLowNotesNorHalfAWave) {
    auto low = sine({.hz = 31.0, .level_dbfs = -3.0, .seconds = 10.0});
    EXPECT_TRUE(findings_of(intake::make_dc_offset_check, stem_of(low), low).empty());
    auto hit = silence(96'000);
    for (std::size_t i = 0; i < 2'000; ++i) {
        hit[i] = 0.9F; // too short a file to tell
    }
    EXPECT_TRUE(findings_of(intake::make_dc_offset_check, stem_of(hit), hit).empty());
}

} // namespace

} // namespace stemlathe::test
