// EBU Tech 3341 (2023) table 1, every case that can be synthesised, on files, by the second meter.
// Left out: 6, whose signal has five channels (files here have one or two); 7 and 8, which are
// recorded programmes that may not be passed on.

#include "host/loudness/meter.hpp"
#include "tests/conformance/ebu_signals.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/wav_files.hpp"

#include <gtest/gtest.h>

#include <string>

namespace stemlathe::test {

namespace {

constexpr double kTolerance_lu = 0.1;
constexpr double kOver_db = 0.2;
constexpr double kUnder_db = 0.4;

class EbuTech3341 : public ::testing::TestWithParam<int> {
  protected:
    LoudnessReading measure(Signal const& signal) {
        auto const file = folder_.path() / "case.wav";
        write_wav(file, signal, rate_hz());
        return measure_file(file);
    }

    LoudnessReading measure_tones(std::vector<Tone> const& list) {
        return measure(tones(rate_hz(), list));
    }

    static int rate_hz() {
        return GetParam();
    }

  private:
    TempFolder folder_;
};

void expect_lufs(std::optional<double> actual, double expected) {
    ASSERT_TRUE(actual.has_value());
    EXPECT_NEAR(*actual, expected, kTolerance_lu);
}

void expect_dbtp(std::optional<double> actual, double expected) {
    ASSERT_TRUE(actual.has_value());
    EXPECT_LE(*actual, expected + kOver_db);
    EXPECT_GE(*actual, expected - kUnder_db);
}

TEST_P(EbuTech3341, Cases1And2SteadyTones) {
    for (double const level : {-23.0, -33.0}) {
        auto const reading = measure_tones({{20.0, level}});
        expect_lufs(reading.integrated_lufs, level);
        expect_lufs(reading.momentary_max_lufs, level);
        expect_lufs(reading.short_term_max_lufs, level);
    }
}

TEST_P(EbuTech3341, Case3RelativeGate) {
    auto const reading = measure_tones({{10.0, -36.0}, {60.0, -23.0}, {10.0, -36.0}});
    expect_lufs(reading.integrated_lufs, -23.0);
}

TEST_P(EbuTech3341, Case4BothGates) {
    auto const reading =
        measure_tones({{10.0, -72.0}, {10.0, -36.0}, {60.0, -23.0}, {10.0, -36.0}, {10.0, -72.0}});
    expect_lufs(reading.integrated_lufs, -23.0);
}

TEST_P(EbuTech3341, Case5ProgrammeAboveTheGate) {
    auto const reading = measure_tones({{20.0, -26.0}, {20.1, -20.0}, {20.0, -26.0}});
    expect_lufs(reading.integrated_lufs, -23.0);
}

TEST_P(EbuTech3341, Case9ShortTermIsConstantAfterThreeSeconds) {
    std::vector<Tone> const period{{1.34, -20.0}, {1.66, -30.0}};
    auto const reading = measure_tones(repeated(period, 5));
    expect_lufs(reading.short_term_max_lufs, -23.0);
    ASSERT_GE(reading.short_term_lufs.size(), 150U);
    for (std::size_t i = 29; i < 150; ++i) {
        EXPECT_NEAR(reading.short_term_lufs[i], -23.0, kTolerance_lu) << i;
    }
}

TEST_P(EbuTech3341, Case10MaximumShortTermAtEachOfTwentyOffsets) {
    for (int i = 0; i < 20; ++i) {
        SCOPED_TRACE(i);
        auto const reading = measure_tones({{0.15 * i, kMute}, {3.0, -23.0}, {1.0, kMute}});
        expect_lufs(reading.short_term_max_lufs, -23.0);
    }
}

TEST_P(EbuTech3341, Case11MaximumShortTermAtEachLevel) {
    std::vector<Tone> all; // the case as a live meter hears it; then each part on its own
    for (int i = 0; i < 20; ++i) {
        SCOPED_TRACE(i);
        std::vector<Tone> const part{{0.15 * i, kMute}, {3.0, -38.0 + i}, {3.0 - 0.15 * i, kMute}};
        all.insert(all.end(), part.begin(), part.end());
        expect_lufs(measure_tones(part).short_term_max_lufs, -38.0 + i);
    }
    expect_lufs(measure_tones(all).short_term_max_lufs, -19.0);
}

TEST_P(EbuTech3341, Case12MomentaryIsConstantAfterOneSecond) {
    std::vector<Tone> const period{{0.18, -20.0}, {0.22, -30.0}};
    expect_lufs(measure_tones(repeated(period, 25)).momentary_max_lufs, -23.0);
}

TEST_P(EbuTech3341, Case13MaximumMomentaryAtEachOfTwentyOffsets) {
    for (int i = 0; i < 20; ++i) {
        SCOPED_TRACE(i);
        auto const reading = measure_tones({{0.02 * i, kMute}, {0.4, -23.0}, {1.0, kMute}});
        expect_lufs(reading.momentary_max_lufs, -23.0);
    }
}

TEST_P(EbuTech3341, Case14MaximumMomentaryAtEachLevel) {
    std::vector<Tone> all;
    for (int i = 0; i < 20; ++i) {
        SCOPED_TRACE(i);
        std::vector<Tone> const part{{0.02 * i, kMute}, {0.4, -38.0 + i}, {0.4 - 0.02 * i, kMute}};
        all.insert(all.end(), part.begin(), part.end());
        expect_lufs(measure_tones(part).momentary_max_lufs, -38.0 + i);
    }
    expect_lufs(measure_tones(all).momentary_max_lufs, -19.0);
}

TEST_P(EbuTech3341, Cases15To19TruePeakOfTones) {
    expect_dbtp(measure(peak_tone(rate_hz(), 4, 0.50, 0.0)).true_peak_dbtp, -6.0);
    expect_dbtp(measure(peak_tone(rate_hz(), 4, 0.50, 45.0)).true_peak_dbtp, -6.0);
    expect_dbtp(measure(peak_tone(rate_hz(), 6, 0.50, 60.0)).true_peak_dbtp, -6.0);
    expect_dbtp(measure(peak_tone(rate_hz(), 8, 0.50, 67.5)).true_peak_dbtp, -6.0);
    expect_dbtp(measure(peak_tone(rate_hz(), 4, 1.41, 45.0)).true_peak_dbtp, 3.0);
}

TEST_P(EbuTech3341, Cases20To23TruePeakBetweenSamples) {
    for (int offset = 0; offset < 4; ++offset) {
        SCOPED_TRACE(offset);
        expect_dbtp(measure(peak_burst(rate_hz(), offset)).true_peak_dbtp, 0.0);
    }
}

TEST_P(EbuTech3341, Section2_9ReferenceTone) {
    expect_lufs(measure_tones({{20.0, -18.0}}).integrated_lufs, -18.0);
}

INSTANTIATE_TEST_SUITE_P(
    At,
    EbuTech3341,
    ::testing::Values(44'100, 48'000, 96'000),
    [](auto const& rate) { return std::to_string(rate.param) + "Hz"; }
);

} // namespace

} // namespace stemlathe::test
