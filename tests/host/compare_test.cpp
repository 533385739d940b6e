#include "host/compare/compare.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/wav_files.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace stemlathe::test {

namespace {

constexpr int kSongRate_hz = 48'000;

class Compare : public ::testing::Test {
  protected:
    Comparison compare(Signal const& a, Signal const& b) {
        write_wav(path("a.wav"), a, kSongRate_hz);
        write_wav(path("b.wav"), b, kSongRate_hz);
        return compare_files(path("a.wav"), path("b.wav"));
    }

    std::filesystem::path path(std::string const& name) const {
        return folder_.path() / name;
    }

  private:
    TempFolder folder_;
};

Signal song() {
    return pink_noise({.level_dbfs = -20.0, .frames = 6 * kSongRate_hz});
}

TEST_F(Compare, TheSameFileDoesNotDiffer) {
    auto const result = compare(song(), song());
    EXPECT_EQ(result.gain_db, 0.0);
    EXPECT_EQ(result.offset_samples, 0);
    EXPECT_EQ(result.residual_db, kSilence_db);
    EXPECT_TRUE(result.changed.empty());
}

/// Of noise as it is, thirds of an octave are as they were but for the last bit of a float.
TEST_F(Compare, TheSameSpectrumHasNoBandThatDiffers) {
    constexpr double kNoDifference_db = 1e-3;
    for (double const gain : {1.0, 0.25}) {
        auto quieter = song();
        for (auto& sample : quieter) {
            sample *= static_cast<float>(gain);
        }
        auto const bands = compare(song(), quieter).bands;
        ASSERT_EQ(bands.size(), 27U);
        EXPECT_EQ(bands.front().hz, 50.0);
        EXPECT_EQ(bands.back().hz, 20'000.0);
        for (auto const& band : bands) {
            ASSERT_TRUE(band.difference_db) << band.hz;
            EXPECT_NEAR(*band.difference_db, 0.0, kNoDifference_db) << band.hz;
        }
    }
}

/// A tone of 1 kHz is 6.02 dB more where it is doubled, and all other bands as they were, once the
/// loudness that it adds is taken off everywhere.
TEST_F(Compare, TellsTheBandThatBecameMore) {
    auto const tones = [](float of_1000) {
        Signal signal(std::size_t{2} * 6 * kSongRate_hz);
        for (std::size_t n = 0; n < signal.size() / 2; ++n) {
            double const turns = static_cast<double>(n) / kSongRate_hz * 2.0 * std::numbers::pi;
            auto const value = static_cast<float>(
                0.1 * std::sin(100.0 * turns) + of_1000 * std::sin(1000.0 * turns) +
                0.05 * std::sin(8000.0 * turns)
            );
            signal[2 * n] = value;
            signal[2 * n + 1] = value;
        }
        return signal;
    };
    auto const result = compare(tones(0.01F), tones(0.02F));
    for (auto const& band : result.bands) {
        bool const has_tone = band.hz == 100.0 || band.hz == 1000.0 || band.hz == 8000.0;
        if (has_tone) {
            ASSERT_TRUE(band.difference_db) << band.hz;
            double const wanted_db = band.hz == 1000.0 ? 20.0 * std::log10(2.0) : 0.0;
            EXPECT_NEAR(*band.difference_db - result.gain_db, wanted_db, 0.01) << band.hz;
        } else if (band.hz == 315.0 || band.hz == 3150.0) {
            EXPECT_FALSE(band.difference_db) << band.hz; // there is nothing in either
        }
    }
}

TEST_F(Compare, FindsOffsetAndGain) {
    for (std::int64_t const lag : {137, -48'000, 47'999}) {
        auto const a = song();
        Signal b(a.size(), 0.0F);
        auto const frames = static_cast<std::int64_t>(a.size()) / 2;
        for (std::int64_t n = 0; n < frames; ++n) {
            if (n + lag >= 0 && n + lag < frames) {
                auto const to = static_cast<std::size_t>(2 * (n + lag));
                b[to] = 0.5F * a[static_cast<std::size_t>(2 * n)];
                b[to + 1] = 0.5F * a[static_cast<std::size_t>(2 * n + 1)];
            }
        }
        auto const result = compare(a, b);
        EXPECT_EQ(result.offset_samples, lag);
        // What was shifted out of b, a sixth of it, is missing from its loudness.
        EXPECT_NEAR(result.gain_db, 6.02, 0.3) << lag;
    }
}

TEST_F(Compare, NamesTheStretchThatChanged) {
    auto const a = song();
    auto b = a;
    for (std::size_t n = 2 * kSongRate_hz; n < 3 * kSongRate_hz; ++n) {
        auto const tone = 0.02 * std::sin(0.1 * static_cast<double>(n));
        b[2 * n] += static_cast<float>(tone);
        b[2 * n + 1] += static_cast<float>(tone);
    }
    auto const result = compare(a, b);
    ASSERT_EQ(result.changed.size(), 1U);
    // The window is 100 ms.
    EXPECT_NEAR(result.changed.front().start_s, 2.0, 0.1);
    EXPECT_NEAR(result.changed.front().end_s, 3.0, 0.1);
    // The tone makes b louder: all of it differs by that, but it has not all changed.
    EXPECT_LT(result.gain_db, 0.0);
    ASSERT_TRUE(result.residual_db);
    // A tone of -37 dBFS rms in a sixth of a song of -20 dBFS rms
    EXPECT_NEAR(*result.residual_db, -37.0 + 20.0 - 7.8, 0.5);
}

TEST_F(Compare, SilenceIsNoReasonToFail) {
    auto const result = compare(silence(kSongRate_hz), silence(kSongRate_hz));
    EXPECT_FALSE(result.lufs_a);
    EXPECT_FALSE(result.lufs_b);
    EXPECT_EQ(result.gain_db, 0.0);
    EXPECT_FALSE(result.residual_db);
}

TEST_F(Compare, RefusesTwoSampleRatesInASentence) {
    write_wav(path("a.wav"), song(), kSongRate_hz);
    write_wav(path("b.wav"), song(), 44'100);
    try {
        (void)compare_files(path("a.wav"), path("b.wav"));
        FAIL();
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::invalid_argument);
        std::string const sentence = failure.what();
        EXPECT_NE(sentence.find("44100 Hz"), std::string::npos) << sentence;
        EXPECT_NE(sentence.find("b.wav"), std::string::npos) << sentence;
    }
}

} // namespace

} // namespace stemlathe::test
