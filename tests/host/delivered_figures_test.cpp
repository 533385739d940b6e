// What the report and the file say of a delivery, against computations that share nothing with the
// product, on the files that master wrote.

#include "formats/broadcast_wave.hpp"
#include "kernels/base/units.hpp"
#include "tests/host/mastered.hpp"
#include "tests/reference/fft_peak_reference.hpp"
#include "tests/reference/loudness_range_reference.hpp"

#include <cmath>

namespace stemlathe::test {

namespace {

using DeliveredFigures = Mastered;

constexpr int kFactor = 64;

/// The second meter looks at 16 places between two samples: it may miss 20 lg cos(pi / 32) =
/// -0.042 dB of what lies between them, up to 0.454 of the rate (see interpolation.hpp).
constexpr double kMissed_db = 0.05;

/// Hits over a low tone. Pink, as music is: what lies above 0.454 of the rate, where every meter
/// with a finite interpolator reads low (white noise by 0.4 dB), is 40 dB below the rest.
Signal drums_and_bass(std::int64_t frames) {
    auto song = pink_noise({.level_dbfs = -14.0, .frames = frames, .seed = 21});
    for (std::size_t i = 0; i < song.size(); ++i) {
        double const since_hit_s = static_cast<double>(i / 2 % 24'000) / 48'000.0;
        double const tone = 0.2 * std::sin(0.0072 * static_cast<double>(i / 2));
        song[i] =
            static_cast<float>(static_cast<double>(song[i]) * std::exp(-12.0 * since_hit_s) + tone);
    }
    return song;
}

/// The last three samples of a song, such that the signal rises 3.4 dB higher between the last two.
Signal with_burst_at_end(Signal signal, float level) {
    auto const size = signal.size();
    for (std::size_t channel = 0; channel < 2; ++channel) {
        signal[size - 6 + channel] = -level;
        signal[size - 4 + channel] = level;
        signal[size - 2 + channel] = level;
    }
    return signal;
}

TEST_F(DeliveredFigures, KeepTheTruePeakUnderItsLimitBetweenAllSamples) {
    write_stem(session() / "01_Drums.wav", drums_and_bass(120'000), 48'000);
    auto const report = master({.deliver = {"streaming", "cd", "vinyl"}});
    for (auto const& delivery : report.deliveries) {
        auto const signal = read_audio(out() / delivery.files.at(0).path);
        double const peak_dbtp = db_from_gain(reference::fft_peak(signal, kFactor));
        EXPECT_LE(peak_dbtp, *delivery.true_peak_limit_dbtp) << delivery.plan.name;
        EXPECT_NEAR(peak_dbtp, *delivery.reading.true_peak_dbtp, kMissed_db) << delivery.plan.name;
    }
}

TEST_F(DeliveredFigures, KeepABurstInTheLastThreeSamplesUnderTheLimit) {
    auto const noise = pink_noise({.level_dbfs = -30.0, .frames = 96'000, .seed = 9});
    write_stem(session() / "01_Drums.wav", with_burst_at_end(noise, 0.9F), 48'000);
    auto const report = master(
        {.plan = "[bus]\nmultiband = \"off\"",
         .deliver = {"streaming", "cd", "vinyl", "broadcast-ebu"}}
    );
    for (auto const& delivery : report.deliveries) {
        auto const signal = read_audio(out() / delivery.files.at(0).path);
        double const peak_dbtp = db_from_gain(reference::fft_peak(signal, kFactor));
        EXPECT_LE(peak_dbtp, *delivery.true_peak_limit_dbtp) << delivery.plan.name;
        EXPECT_NEAR(peak_dbtp, *delivery.reading.true_peak_dbtp, kMissed_db) << delivery.plan.name;
    }
    // The burst is the loudest thing in the song: it is what the limit is about.
    auto const burst = read_audio(session() / "01_Drums.wav");
    EXPECT_NEAR(db_from_gain(reference::fft_peak(burst, kFactor) / 0.9), 3.4, 0.2);
}

/// Loud and quiet in turn, so that the range is wide and its two percentiles lie in transitions.
TEST_F(DeliveredFigures, GiveTheLoudnessRangeOfTenWindowsASecond) {
    auto song = pink_noise({.level_dbfs = -24.0, .frames = 20 * 48'000 + 1234, .seed = 4});
    for (std::size_t i = 0; i < song.size(); ++i) {
        double const seconds = static_cast<double>(i / 2) / 48'000.0;
        song[i] *= static_cast<float>(gain_from_db(-8.0 + 8.0 * std::sin(0.9 * seconds)));
    }
    write_stem(session() / "04_Instruments.wav", song, 48'000);
    auto const report = master({.deliver = {"broadcast", "streaming"}});
    for (auto const& delivery : report.deliveries) {
        auto const file = out() / delivery.files.at(0).path;
        double const range_lu = reference::loudness_range_48k(read_audio(file));
        EXPECT_GT(range_lu, 5.0);
        EXPECT_NEAR(*delivery.reading.loudness_range_lu, range_lu, 0.01) << delivery.plan.name;
        auto const words = read_broadcast_info(file)->loudness;
        EXPECT_NEAR(*words.range_lu, range_lu, 0.02) << delivery.plan.name; // hundredths
    }
}

} // namespace

} // namespace stemlathe::test
