#include "host/intake/origin/origin_checks.hpp"
#include "tests/host/intake/origin/origin_checked.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace stemlathe::test {

namespace {

constexpr std::int64_t kFrames = 480'000; // ten seconds

Signal hiss(double level_dbfs) {
    return white_noise({.level_dbfs = level_dbfs, .frames = kFrames, .seed = 6});
}

/// A phrase of two seconds, then two of nothing, and so on.
Signal phrases(Signal signal) {
    for (std::size_t i = 0; i < signal.size(); ++i) {
        signal[i] *= i / (2 * 96'000) % 2 == 0 ? 1.0F : 0.0F;
    }
    return signal;
}

Signal voice() {
    return phrases(pink_noise({.level_dbfs = -20.0, .frames = kFrames, .seed = 7}));
}

std::vector<Finding> noise_findings(Signal const& signal, Role role = Role::vocals) {
    auto stem = stem_of(signal);
    stem.role = role;
    return findings_of(intake::make_noise_check, stem, signal);
}

TEST(IntakeNoise, IsHeardInThePauses) {
    auto const found = finding_in(noise_findings(sum_of(voice(), hiss(-59.0))), "noise_floor");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->severity, Severity::warn);
    EXPECT_NEAR(*found->measured, -59.0, 0.3);
    EXPECT_EQ(found->limit, -60.0);
    EXPECT_NEAR(*found->start_s, 2.0, 0.9);
    EXPECT_TRUE(noise_findings(sum_of(voice(), hiss(-61.0))).empty());
    EXPECT_TRUE(noise_findings(voice()).empty()) << "pauses of digital silence";
}

TEST(IntakeNoise, IsAStemsOnlyContentOrNone) {
    auto const found = finding_in(noise_findings(hiss(-50.0)), "noise_only");
    ASSERT_TRUE(found);
    EXPECT_NEAR(*found->measured, -50.0, 0.3);
    EXPECT_TRUE(noise_findings(hiss(-20.0)).empty()) << "loud noise is meant to be heard";
    EXPECT_TRUE(noise_findings(hiss(-50.0), Role::fx).empty()) << "effects may be made of noise";
}

TEST(IntakeNoise, IsNotAHeldNote) {
    auto chord = sine({.hz = 440.0, .level_dbfs = -52.0, .seconds = 10.0});
    for (double const hz : {554.4, 659.3, 880.0, 1318.5}) {
        chord = sum_of(chord, sine({.hz = hz, .level_dbfs = -52.0, .seconds = 10.0}));
    }
    EXPECT_TRUE(noise_findings(sum_of(voice(), sum_of(chord, hiss(-75.0)))).empty());
    EXPECT_TRUE(noise_findings(sum_of(chord, hiss(-75.0))).empty());
}

TEST(IntakeNoise, IsNotADecay) {
    // Reverberation: noise that falls by 60 dB in three seconds, again and again.
    auto tail = white_noise({.level_dbfs = -20.0, .frames = kFrames, .seed = 8});
    for (std::size_t i = 0; i < tail.size(); ++i) {
        double const since_s = static_cast<double>(i / 2 % 144'000) / 48'000.0;
        tail[i] *= static_cast<float>(std::pow(10.0, -since_s));
    }
    EXPECT_TRUE(noise_findings(tail).empty());
}

} // namespace

} // namespace stemlathe::test
