#include "formats/fingerprint.hpp"
#include "host/loudness/meter.hpp"
#include "host/loudness/signal_meter.hpp"
#include "kernels/base/units.hpp"
#include "tests/support/files.hpp"
#include "tests/support/signals.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/support/wav_files.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

namespace stemlathe::test {

namespace {

constexpr int kMeterRate_hz = 48'000;

/// Sums of a float32 signal in float64: what is left is the signal's own rounding.
constexpr double kSummed = 1e-6;

class Inspection : public ::testing::Test {
  protected:
    SignalReading inspect(Signal const& signal) {
        write_wav(file(), signal, kMeterRate_hz);
        return *inspect_file(file()).signal;
    }

    /// As whole numbers of 16 bits. @param values  interleaved stereo
    SignalReading inspect_words(std::vector<std::int16_t> const& values) {
        auto const frames = static_cast<std::int64_t>(values.size() / 2);
        auto const bytes = std::as_bytes(std::span{values});
        write_packed_wav(
            file(), {.bytes = bytes, .frames = frames}, SampleFormat::pcm_16, kMeterRate_hz, 2
        );
        return *inspect_file(file()).signal;
    }

    std::filesystem::path file() const {
        return folder_.path() / "master.wav";
    }

  private:
    TempFolder folder_;
};

TEST_F(Inspection, GivesMeanBalanceAndWidthOfAKnownSignal) {
    auto signal = sine({.hz = 500.0, .level_dbfs = -12.0, .seconds = 2.0}); // whole periods
    for (std::size_t i = 0; i < signal.size(); i += 2) {
        signal[i] = signal[i] + 0.01F;
        signal[i + 1] *= 0.5F;
    }
    auto const reading = inspect(signal);
    EXPECT_NEAR(reading.dc.at(0), 0.01, kSummed);
    EXPECT_NEAR(reading.dc.at(1), 0.0, kSummed);
    double const amplitude = gain_from_db(-12.0);
    double const left = amplitude * amplitude / 2.0 + 0.01 * 0.01;
    double const right = amplitude * amplitude / 8.0;
    double const product = amplitude * amplitude / 4.0;
    EXPECT_NEAR(*reading.balance_db, 10.0 * std::log10(left / right), 1e-4);
    double const side = left + right - 2.0 * product;
    double const mid = left + right + 2.0 * product;
    EXPECT_NEAR(*reading.side_mid_db, 10.0 * std::log10(side / mid), 1e-4);
    EXPECT_NEAR(*reading.correlation_mean, product / std::sqrt(left * right), 1e-4);
}

TEST_F(Inspection, FindsWhereTheChannelsAreOutOfPhase) {
    auto signal = sine({.hz = 500.0, .level_dbfs = -12.0, .seconds = 4.0});
    for (std::size_t i = 2 * 2 * kMeterRate_hz; i < 2 * 3 * kMeterRate_hz;
         i += 2) { // from 2 s to 3 s
        signal[i + 1] = -signal[i];
    }
    auto const reading = inspect(signal);
    EXPECT_NEAR(*reading.correlation_min, -1.0, kSummed);
    EXPECT_NEAR(*reading.correlation_min_at_s, 2.0, 1e-9);
    EXPECT_LT(*reading.correlation_mean, 0.7); // three quarters in phase, one against
    EXPECT_GT(*reading.correlation_mean, 0.3);
}

TEST_F(Inspection, LeavesOutWhatOneChannelCannotTell) {
    auto const silent = inspect(silence(kMeterRate_hz));
    EXPECT_FALSE(silent.balance_db);
    EXPECT_FALSE(silent.side_mid_db);
    EXPECT_FALSE(silent.correlation_mean);
    EXPECT_FALSE(silent.noise_floor_dbfs);
    EXPECT_FALSE(silent.psr_min_db);
    write_mono_wav(file(), sine({}), kMeterRate_hz);
    auto const reading = inspect_file(file());
    EXPECT_EQ(reading.channels.size(), 1U);
    EXPECT_EQ(reading.signal->dc.size(), 1U);
    EXPECT_FALSE(reading.signal->balance_db);
    EXPECT_FALSE(reading.signal->correlation_mean);
}

TEST_F(Inspection, MeasuresSilenceAtBothEndsAndInBetween) {
    Signal signal = silence(kMeterRate_hz * 10);
    auto const loud = [&](double from_s, double to_s) {
        for (auto n = std::llround(from_s * kMeterRate_hz); n < std::llround(to_s * kMeterRate_hz);
             ++n) {
            signal[static_cast<std::size_t>(2 * n)] = n % 2 == 0 ? 0.1F : -0.1F;
        }
    };
    loud(0.5, 3.0);
    loud(6.0, 9.25);
    for (auto n = 3 * kMeterRate_hz; n < 6 * kMeterRate_hz;
         ++n) { // a dithered pause is silence too
        signal[static_cast<std::size_t>(2 * n)] = 1.0F / 32'768.0F;
    }
    auto const reading = inspect(signal);
    EXPECT_NEAR(reading.start_silence_s, 0.5, 1e-9);
    EXPECT_NEAR(reading.end_silence_s, 0.75, 1e-9);
    EXPECT_NEAR(reading.longest_silence_s, 3.0, 1e-9);
    EXPECT_NEAR(reading.longest_silence_at_s, 3.0, 1e-9);
    auto const nothing = inspect(silence(kMeterRate_hz));
    EXPECT_NEAR(nothing.start_silence_s, 1.0, 1e-9);
    EXPECT_NEAR(nothing.end_silence_s, 1.0, 1e-9);
}

TEST_F(Inspection, CountsRunsAtFullScaleAsClippedAndOnlyFloatsGoOver) {
    std::vector<std::int16_t> words(20'000, 1000);
    auto const put = [&](std::size_t frame, std::size_t channel, std::int16_t value) {
        words[2 * frame + channel] = value;
    };
    for (std::size_t i = 0; i < 3; ++i) { // a run of three is clipped, whichever the sign
        put(100 + i, 0, 32'767);
        put(200 + i, 1, -32'768);
    }
    put(300, 0, 32'767); // two are not
    put(301, 0, 32'767);
    for (std::size_t i = 478; i < 484; ++i) { // over the edge of 10 ms, where sums are cut
        put(i, 0, 32'767);
    }
    for (std::size_t i = 9'998; i < 10'000; ++i) {
        put(i, 1, -32'768);
    }
    auto const whole = inspect_words(words);
    EXPECT_EQ(whole.clipped_samples, 3 + 3 + 6);
    EXPECT_EQ(whole.overs, 0);
    auto floats = sine({.level_dbfs = 6.0, .seconds = 0.5});
    std::int64_t overs = 0;
    for (float const value : floats) {
        overs += std::abs(value) > 1.0F ? 1 : 0;
    }
    EXPECT_GT(overs, 1000);
    EXPECT_EQ(inspect(floats).overs, overs);
    for (float& value : floats) {
        value = std::clamp(value, -1.0F, 1.0F);
    }
    EXPECT_EQ(inspect(floats).overs, 0);
    EXPECT_GT(inspect(floats).clipped_samples, overs / 2);
}

TEST_F(Inspection, SaysHowManyBitsAreReallyUsed) {
    std::vector<std::int16_t> words(9'600);
    for (std::size_t i = 0; i < words.size(); ++i) {
        words[i] = static_cast<std::int16_t>(16 * (static_cast<int>(i % 800) - 400));
    }
    EXPECT_EQ(inspect_words(words).bits_used, 12);
    words[4'321] = static_cast<std::int16_t>(words[4'321] | 1);
    EXPECT_EQ(inspect_words(words).bits_used, 16);
    EXPECT_FALSE(inspect_words(std::vector<std::int16_t>(960, 0)).bits_used);
    EXPECT_FALSE(inspect(sine({})).bits_used); // floats have no lowest bit
}

TEST_F(Inspection, RelatesPeaksToTheLoudnessOfTheirThreeSeconds) {
    // A 1 kHz tone: loudness -23 LUFS at -23 dBFS peak on both channels (EBU Tech 3341), so the
    // ratio is 0.0, but for the clicks that raise the peak of every window but the last ones.
    auto signal = sine({.hz = 1000.0, .level_dbfs = -23.0, .seconds = 12.0});
    signal[2 * kMeterRate_hz] = 0.5F;
    signal[2 * 4 * kMeterRate_hz] = 0.5F;
    signal[2 * 6 * kMeterRate_hz] = 0.5F;
    auto const reading = inspect(signal);
    EXPECT_NEAR(*reading.psr_min_db, 0.0, 0.05); // the tone's own 0.007 LU, and its grid of samples
    EXPECT_GE(*reading.psr_min_at_s, 6.0);
}

TEST_F(Inspection, TellsTheQuietestTenthAsNoiseFloor) {
    auto signal = white_noise({.level_dbfs = -20.0, .frames = 20 * kMeterRate_hz});
    auto const quiet = white_noise({.level_dbfs = -70.0, .frames = 4 * kMeterRate_hz});
    std::copy(quiet.begin(), quiet.end(), signal.begin() + 2 * 8 * kMeterRate_hz);
    EXPECT_NEAR(*inspect(signal).noise_floor_dbfs, -70.0, 0.3); // of 400 ms of noise
}

TEST_F(Inspection, KnowsTheAudioBehindOtherTags) {
    auto const signal = sine({});
    write_wav(file(), signal, kMeterRate_hz);
    auto const reading = inspect_file(file());
    Fingerprint fingerprint;
    fingerprint.update(std::as_bytes(std::span{signal}));
    EXPECT_EQ(reading.audio_fingerprint, fingerprint.finish());
    EXPECT_FALSE(measure_file(file()).signal);
    EXPECT_TRUE(measure_file(file()).audio_fingerprint.empty());
}

TEST_F(Inspection, NamesTheMomentsOfTheMaxima) {
    auto signal = sine({.hz = 997.0, .level_dbfs = -30.0, .seconds = 10.0});
    for (std::size_t n = 4 * kMeterRate_hz; n < 7 * kMeterRate_hz;
         ++n) { // three loud seconds from 4 s on
        signal[2 * n] *= 8.0F;
        signal[2 * n + 1] *= 8.0F;
    }
    signal[2 * 2 * kMeterRate_hz] = 0.9F;       // left at 2 s
    signal[2 * 8 * kMeterRate_hz + 1] = -0.95F; // right at 8 s
    write_wav(file(), signal, kMeterRate_hz);
    auto const reading = inspect_file(file());
    EXPECT_NEAR(*reading.short_term_max_at_s, 4.0, 0.03);
    EXPECT_GE(*reading.momentary_max_at_s, 3.99);
    EXPECT_LE(*reading.momentary_max_at_s, 6.61);
    ASSERT_EQ(reading.channels.size(), 2U);
    EXPECT_NEAR(*reading.channels[0].true_peak_at_s, 2.0, 1.0 / kMeterRate_hz);
    EXPECT_NEAR(*reading.channels[1].true_peak_at_s, 8.0, 1.0 / kMeterRate_hz);
    EXPECT_NEAR(*reading.channels[0].sample_peak_dbfs, db_from_gain(0.9), 1e-5);
    EXPECT_NEAR(*reading.channels[1].sample_peak_dbfs, db_from_gain(0.95), 1e-5);
    EXPECT_EQ(reading.true_peak_dbtp, reading.channels[1].true_peak_dbtp);
}

} // namespace

} // namespace stemlathe::test
