#include "host/intake/checks/checks.hpp"
#include "tests/host/intake/checked.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace stemlathe::test {

namespace {

std::optional<Finding> dropout(Signal const& signal) {
    return finding_in(findings_of(intake::make_dropout_check, stem_of(signal), signal), "dropout");
}

std::optional<Finding> repeated(Signal const& signal) {
    return finding_in(
        findings_of(intake::make_repeated_buffer_check, stem_of(signal), signal), "repeated_buffer"
    );
}

Signal music(double level_dbfs = -20.0) {
    return quantised(pink_noise({.level_dbfs = level_dbfs, .frames = 24'000}), 24);
}

Signal with_gap(Signal signal, std::size_t first, std::size_t frames) {
    std::fill_n(signal.begin() + static_cast<std::ptrdiff_t>(2 * first), 2 * frames, 0.0F);
    return signal;
}

/// Frames [first, first + frames) are those before them once more.
Signal with_repeat(Signal signal, std::size_t first, std::size_t frames) {
    for (std::size_t i = 2 * first; i < 2 * (first + frames); ++i) {
        signal[i] = signal[i - 2 * frames];
    }
    return signal;
}

TEST(IntakeDropout, IsAtLeastSixteenZerosInTheMiddleOfSound) {
    auto const found = dropout(with_gap(music(), 10'000, 16));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->measured, 16.0);
    EXPECT_NEAR(*found->start_s, 10'000 / 48'000.0, 1e-9);
    EXPECT_FALSE(dropout(with_gap(music(), 10'000, 15)));
    EXPECT_FALSE(dropout(music()));
}

TEST(IntakeDropout, IsFoundWhereverItLies) {
    for (std::size_t const first : {1'000U, 1'009U, 1'023U, 1'024U, 2'040U, 4'090U}) {
        for (std::size_t const frames : {16U, 64U, 1'024U, 2'000U}) {
            auto const found = dropout(with_gap(music(), first, frames));
            ASSERT_TRUE(found) << first << " + " << frames;
            EXPECT_EQ(*found->measured, static_cast<double>(frames));
        }
    }
}

TEST(IntakeDropout, IsNoPause) {
    EXPECT_FALSE(dropout(with_gap(music(), 10'000, 2'400))) << "50 ms are played";
    EXPECT_FALSE(dropout(with_gap(music(-60.0), 10'000, 64))) << "nothing is lost of silence";
    EXPECT_FALSE(dropout(with_gap(music(), 0, 64))) << "the start";
    EXPECT_FALSE(dropout(with_gap(music(), 24'000 - 64, 64))) << "the end";
    EXPECT_FALSE(dropout(silence(5'000)));
}

TEST(IntakeDropout, IsNoGateThatFades) {
    auto signal = music();
    for (std::size_t i = 0; i < 480; ++i) { // 10 ms out, 20 ms shut, 10 ms in
        float const gain = static_cast<float>(i) / 480.0F;
        for (std::size_t channel = 0; channel < 2; ++channel) {
            signal[2 * (9'999 - i) + channel] *= gain * gain;
            signal[2 * (10'960 + i) + channel] *= gain * gain;
        }
    }
    EXPECT_FALSE(dropout(with_gap(signal, 10'000, 960)));
}

TEST(IntakeDropout, IsInAllChannelsAtOnce) {
    auto signal = music();
    for (std::size_t i = 10'000; i < 10'100; ++i) {
        signal[2 * i] = 0.0F;
    }
    EXPECT_FALSE(dropout(signal));
    auto const stem = stem_of(signal);
    EXPECT_TRUE(finding_in(findings_of(intake::make_dropout_check, stem, signal, true), "dropout"));
}

TEST(IntakeRepeatedBuffer, IsPlayedTwiceInARow) {
    for (std::size_t const frames : {64U, 128U, 441U, 512U, 960U, 2'048U}) {
        for (std::size_t const first : {9'999U, 10'240U, 12'287U}) {
            auto const found = repeated(with_repeat(music(), first, frames));
            ASSERT_TRUE(found) << first << " + " << frames;
            EXPECT_EQ(*found->measured, static_cast<double>(frames));
            EXPECT_NEAR(*found->start_s, static_cast<double>(first) / 48'000.0, 1e-9);
        }
    }
    EXPECT_FALSE(repeated(with_repeat(music(), 9'999, 63)));
    EXPECT_FALSE(repeated(music()));
}

TEST(IntakeRepeatedBuffer, IsNoWaveNorSilence) {
    auto wave = sine({.hz = 375.0, .level_dbfs = -12.0, .seconds = 0.2}); // periods of 128 frames
    for (std::size_t i = 256; i < wave.size(); ++i) {
        wave[i] = wave[i - 256];
    }
    EXPECT_FALSE(repeated(wave)) << "a digital oscillator";
    for (std::size_t const frames : {300U, 1'500U, 2'300U, 2'900U}) { // notes of a few periods
        auto note = music();
        std::copy_n(wave.begin(), 2 * frames, note.begin() + 2 * 8'000);
        EXPECT_FALSE(repeated(note)) << frames;
    }
    EXPECT_FALSE(repeated(silence(10'000)));
    EXPECT_FALSE(repeated(Signal(20'000, 0.25F)));
    EXPECT_FALSE(repeated(with_repeat(music(-80.0), 10'000, 512))) << "nobody hears it";
}

TEST(IntakeRepeatedBuffer, IsNotPlayedThreeTimes) {
    auto stutter = with_repeat(with_repeat(music(), 10'000, 512), 10'512, 512);
    EXPECT_FALSE(repeated(stutter)) << "an effect that somebody wanted";
}

} // namespace

} // namespace stemlathe::test
