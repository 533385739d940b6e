#include "tests/kernels/limited.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/tones.hpp"

namespace stemlathe::test {

namespace {

using LimiterQuality = EachBackend;

/// THD of a bass note that is driven 6 dB into the limiter, dB.
double bass_thd_db(Backend& backend, LimiterSettings settings) {
    settings.drive_db = 6.0;
    settings.ceiling_dbtp = 0.0;
    auto const note = sine({.hz = 50.0, .level_dbfs = -0.01, .seconds = 4.0});
    auto const out = limited(backend, settings, note);
    return thd_db(out, 50.0, 20, {.first = 144'000, .count = 48'000});
}

TEST_P(LimiterQuality, DistortsABassNoteLittle) {
    // A single release time, then one that follows the programme.
    EXPECT_LE(bass_thd_db(*backend, {.fast_release_ms = 100.0, .slow_release_ms = 100.0}), -40.0);
    EXPECT_LE(bass_thd_db(*backend, {.fast_release_ms = 100.0, .slow_release_ms = 500.0}), -55.0);
}

TEST_P(LimiterQuality, TreatsChannelsPolarityAndTimeAlike) {
    auto const signal = hostile(30'000);
    LimiterSettings const settings{.drive_db = 5.0};
    auto const plain = limited(*backend, settings, signal);
    auto const turned = limited(*backend, settings, swapped(scaled(signal, -1.0F)));
    EXPECT_TRUE(audio_identical(swapped(scaled(turned, -1.0F)), plain));
    // By whole groups of frames that share a control point; between them the gain is drawn
    // through other frames.
    for (std::int64_t const frames : {kChunkFrames, std::int64_t{8}, std::int64_t{1000}}) {
        auto const later = limited(*backend, settings, delayed(signal, frames));
        EXPECT_TRUE(audio_identical(later, delayed(plain, frames))) << frames << " frames later";
    }
}

TEST_P(LimiterQuality, FollowsAShiftOfGainWithDriveOrCeiling) {
    auto const signal = hostile(30'000);
    LimiterSettings const settings{.drive_db = 5.0};
    auto const plain = limited(*backend, settings, signal);
    auto const quieter = scaled(signal, 0.5F); // a power of two rounds nothing
    auto driven = settings;
    driven.drive_db += db_from_gain(2.0);
    EXPECT_TRUE(audio_identical(limited(*backend, driven, quieter), plain));
    auto lowered = settings;
    lowered.ceiling_dbtp -= db_from_gain(2.0);
    EXPECT_TRUE(audio_identical(limited(*backend, lowered, quieter), scaled(plain, 0.5F)));
}

INSTANTIATE_EACH_BACKEND(LimiterQuality);

} // namespace

} // namespace stemlathe::test
