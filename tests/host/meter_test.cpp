#include "host/loudness/interpolation.hpp"
#include "host/loudness/meter.hpp"
#include "host/loudness/peak_meter.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"
#include "tests/reference/energies_reference.hpp"
#include "tests/reference/true_peak_reference.hpp"
#include "tests/support/screen_bound.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/wav_files.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace stemlathe::test {

namespace {

class Meter : public ::testing::Test {
  protected:
    LoudnessReading measure(Signal const& signal, int rate_hz = 48'000) {
        write_wav(file(), signal, rate_hz);
        return measure_file(file());
    }

    std::filesystem::path file() const {
        return folder_.path() / "master.wav";
    }

  private:
    TempFolder folder_;
};

/// The reference grid is the product's by definition, computed apart from it, in float64.
double reference_peak_dbtp(Signal const& signal) {
    return db_from_gain(reference::true_peak(signal, 16, 24, 6.0).peak);
}

constexpr double kSame_db = 1e-9;

TEST_F(Meter, TruePeakEqualsOversamplingByBruteForce) {
    for (std::uint64_t seed = 1; seed < 4; ++seed) {
        auto const noise = white_noise({.frames = 20'000, .seed = seed});
        EXPECT_NEAR(*measure(noise).true_peak_dbtp, reference_peak_dbtp(noise), kSame_db);
    }
    auto const hits = bursts({.frames = 60'000});
    EXPECT_NEAR(*measure(hits).true_peak_dbtp, reference_peak_dbtp(hits), kSame_db);
}

TEST_F(Meter, TruePeakIsFlushedAtTheEndAndSeesTheStart) {
    Signal end = silence(48'000); // half the rate, cut off in full swing: it rings behind the end
    for (std::size_t n = 47'000; n < 48'000; ++n) {
        end[2 * n + 1] = n % 2 == 0 ? 0.5F : -0.5F;
    }
    auto const start = Signal(end.rbegin(), end.rend());
    for (auto const& signal : {end, start}) {
        auto const reading = measure(signal);
        EXPECT_NEAR(*reading.true_peak_dbtp, reference_peak_dbtp(signal), kSame_db);
        EXPECT_GT(*reading.true_peak_dbtp, *reading.sample_peak_dbfs + 1.5);
    }
}

TEST_F(Meter, TruePeakDoesNotDependOnHowTheSongIsCut) {
    auto const noise = bursts({.frames = 30'001});
    std::vector<double> const samples(noise.begin(), noise.end());
    PeakMeter whole{2};
    whole.add(samples);
    PeakMeter cut{2};
    for (std::size_t at = 0; at < samples.size(); at += 62) {
        cut.add(std::span{samples}.subspan(at, std::min<std::size_t>(62, samples.size() - at)));
    }
    EXPECT_EQ(cut.finish(), whole.finish());
}

TEST_F(Meter, EachChannelHasAPeakAndItsMomentOfItsOwn) {
    auto signal = bursts({.frames = 60'000});
    for (std::size_t i = 0; i < signal.size(); i += 2) {
        signal[i] *=
            0.05F; // far under the right channel, so that its blocks alone would be looked at
    }
    auto const reading = measure(signal);
    ASSERT_EQ(reading.channels.size(), 2U);
    for (std::size_t c = 0; c < 2; ++c) {
        Signal alone = silence(60'000);
        for (std::size_t i = c; i < signal.size(); i += 2) {
            alone[i] = signal[i];
        }
        EXPECT_NEAR(*reading.channels[c].true_peak_dbtp, reference_peak_dbtp(alone), kSame_db);
        // The moment: what lies there, with the interpolator's reach, is enough for the peak.
        auto const at = std::llround(*reading.channels[c].true_peak_at_s * 48'000.0);
        Signal around = silence(60'000);
        for (auto n = std::max(at - 64, 0LL); n < std::min(at + 64, 60'000LL); ++n) {
            auto const i = static_cast<std::size_t>(2 * n) + c;
            around[i] = alone[i];
        }
        EXPECT_GE(reference_peak_dbtp(around), *reading.channels[c].true_peak_dbtp - kSame_db);
    }
}

TEST_F(Meter, CoarseGridsNeverMissAPeakByMoreThanTheirMargins) {
    ScreenedGrid grid;
    for (auto const& phase : peak_phases()) {
        grid.phases.emplace_back(phase.begin(), phase.end());
    }
    constexpr int kSpread_frames = kPeakReach_frames - kPeakFramesAfter;
    constexpr double kRounded = 1.0 + 2.0 * kCoarseRounding; // on either side of the comparison
    grid.screen_step = 16;
    EXPECT_LT(screen_bound(grid, kSpread_frames) * kRounded, kSampleMargin);
    grid.screen_step = 8;
    EXPECT_LT(screen_bound(grid, kSpread_frames) * kRounded, kHalfGridMargin);
    grid.screen_step = 4;
    EXPECT_LT(screen_bound(grid, kSpread_frames) * kRounded, kQuarterGridMargin);
}

TEST_F(Meter, IntegratedLoudnessIsTheOneOfTheStandard) {
    for (int const rate_hz : {44'100, 48'000, 96'000}) {
        auto signal = pink_noise({.level_dbfs = -20.0, .frames = rate_hz * 6LL});
        for (std::size_t i = 0; i < signal.size() / 2; ++i) {
            signal[i] *= 0.02F;
        }
        auto const expected =
            reference::integrated_lufs(reference::energies(signal, rate_hz, 100, true));
        // libebur128 leaves the high-pass's gain as the 48 kHz table has it: 0.022 dB at 96 kHz.
        EXPECT_NEAR(*measure(signal, rate_hz).integrated_lufs, expected, 0.03) << rate_hz;
    }
}

TEST_F(Meter, MaximaAreThoseOfAllWindowsOnATenMillisecondGrid) {
    auto const signal = bursts({.frames = 48'000 * 5});
    auto const hops = reference::energies(signal, 48'000, 10, true);
    auto const highest = [&](std::size_t width) {
        double best = 0.0;
        for (std::size_t first = 0; first + width <= hops.size(); ++first) {
            double sum = 0.0;
            for (std::size_t i = 0; i < width; ++i) {
                sum += hops[first + i];
            }
            best = std::max(best, sum / static_cast<double>(width));
        }
        return -0.691 + 10.0 * std::log10(best);
    };
    auto const reading = measure(signal);
    EXPECT_NEAR(*reading.momentary_max_lufs, highest(40), 1e-6);
    EXPECT_NEAR(*reading.short_term_max_lufs, highest(300), 1e-6);
}

TEST_F(Meter, SilenceLeavesNothingToMeasure) {
    auto const reading = measure(silence(48'000 * 4));
    EXPECT_FALSE(reading.integrated_lufs);
    EXPECT_FALSE(reading.loudness_range_lu);
    EXPECT_FALSE(reading.momentary_max_lufs);
    EXPECT_FALSE(reading.short_term_max_lufs);
    EXPECT_FALSE(reading.true_peak_dbtp);
    EXPECT_FALSE(reading.sample_peak_dbfs);
    EXPECT_EQ(reading.duration_s, 4.0);
    EXPECT_EQ(reading.short_term_lufs, std::vector<float>(40, -70.0F));
}

TEST_F(Meter, ShortFilesHaveMaximaButNoIntegratedLoudness) {
    auto const reading =
        measure(sine({.hz = 997.0, .level_dbfs = -20.0, .seconds = 0.2, .rate_hz = 48'000}));
    EXPECT_FALSE(reading.integrated_lufs); // less than one 400 ms block
    EXPECT_FALSE(reading.loudness_range_lu);
    // 0.2 s of tone in 0.4 s and in 3 s; the edges of the tone add a little.
    EXPECT_NEAR(*reading.momentary_max_lufs, -20.0 + 10.0 * std::log10(0.5), 0.05);
    EXPECT_NEAR(*reading.short_term_max_lufs, -20.0 + 10.0 * std::log10(0.2 / 3.0), 0.05);
    EXPECT_NEAR(*reading.true_peak_dbtp, -20.0, 0.2); // a tone that is cut off rings
    for (std::int64_t const frames : {1, 31, 64}) {
        auto const tiny = measure(impulse(frames, 0));
        EXPECT_NEAR(*tiny.sample_peak_dbfs, 0.0, 1e-12) << frames;
        EXPECT_FALSE(tiny.integrated_lufs) << frames;
    }
}

TEST_F(Meter, AMonoFileIsOneChannel) {
    auto const tone = sine({.hz = 997.0, .level_dbfs = 0.0, .seconds = 4.0});
    write_mono_wav(file(), tone, 48'000);
    auto const reading = measure_file(file());
    // BS.1770-5 Annex 1: 0 dBFS at 997 Hz in one channel reads -3.01 LUFS.
    EXPECT_NEAR(*reading.integrated_lufs, -3.01, 0.01);
    EXPECT_NEAR(*reading.momentary_max_lufs, -3.01, 0.01);
    EXPECT_NEAR(*reading.short_term_max_lufs, -3.01, 0.01);
    EXPECT_NEAR(*reading.true_peak_dbtp, 0.0, 0.01);
}

TEST_F(Meter, ReadsEveryKindOfSample) {
    auto const tone = sine({.hz = 997.0, .level_dbfs = -12.0, .seconds = 2.0});
    auto const expected = measure(tone);
    std::vector<std::int16_t> words;
    std::vector<std::int32_t> long_words;
    std::vector<std::byte> triples;
    for (float const value : tone) {
        words.push_back(static_cast<std::int16_t>(std::lround(value * 0x1p15F)));
        auto const triple = static_cast<std::uint32_t>(std::lround(value * 0x1p23F));
        for (unsigned const shift : {0U, 8U, 16U}) {
            triples.push_back(static_cast<std::byte>((triple >> shift) & 0xFFU));
        }
        long_words.push_back(static_cast<std::int32_t>(std::llround(value * 0x1p31)));
    }
    auto const frames = static_cast<std::int64_t>(tone.size() / 2);
    auto const expect_same = [&](SampleFormat format, std::span<std::byte const> bytes) {
        write_packed_wav(file(), {.bytes = bytes, .frames = frames}, format, 48'000, 2);
        auto const reading = measure_file(file());
        // 16 bits: a rounding error of -98 dB against a tone of -15 dB rms
        EXPECT_NEAR(*reading.integrated_lufs, *expected.integrated_lufs, 1e-3);
        EXPECT_NEAR(*reading.true_peak_dbtp, *expected.true_peak_dbtp, 2e-3);
    };
    expect_same(SampleFormat::pcm_16, std::as_bytes(std::span{words}));
    expect_same(SampleFormat::pcm_24, triples);
    expect_same(SampleFormat::pcm_32, std::as_bytes(std::span{long_words}));
}

TEST_F(Meter, RefusesNumbersThatAreNone) {
    for (float const bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        auto noise = white_noise({.frames = 48'000});
        noise[2 * 24'000 + 1] = bad;
        write_wav(file(), noise, 48'000);
        try {
            (void)measure_file(file());
            FAIL() << bad;
        } catch (Failure const& failure) {
            EXPECT_EQ(failure.code(), Code::not_a_number);
            std::string const sentence = failure.what();
            EXPECT_NE(sentence.find("master.wav"), std::string::npos) << sentence;
            EXPECT_NE(sentence.find("0.500000 s"), std::string::npos) << sentence;
        }
    }
}

TEST_F(Meter, StopsWhenAsked) {
    write_wav(file(), silence(100), 48'000);
    std::stop_source stop;
    stop.request_stop();
    try {
        (void)measure_file(file(), stop.get_token());
        FAIL();
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::cancelled);
    }
}

} // namespace

} // namespace stemlathe::test
