#include "tests/reference/dynamic_band_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"
#include "tests/support/signals.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace stemlathe::test {

namespace {

using DynamicBand = EachBackend;

/// float32 through two transforms of 16384 points errs by about -130 dBFS, the weight by 1e-6 of
/// what the band takes away.
constexpr double kReferenceTolerance_dbfs = -110.0;

DynamicBandSettings cut() {
    return {
        .band =
            {.type = EqualiserType::bell, .hz = 2500.0, .gain_db = -6.0, .q = 1.3, .points = {}},
        .threshold_db = -30.0,
        .attack_ms = 8.0,
        .release_ms = 120.0};
}

reference::DynamicBand band_reference_of(DynamicBandSettings const& settings) {
    return {
        .rate_hz = static_cast<double>(settings.rate_hz),
        .hz = settings.band.hz,
        .q = settings.band.q,
        .threshold_db = settings.threshold_db,
        .attack_s = settings.attack_ms / 1000,
        .release_s = settings.release_ms / 1000};
}

Signal expected_of(DynamicBandSettings const& settings, Signal const& audio, Signal const& key) {
    auto const taps = design_fir({.rate_hz = settings.rate_hz, .bands = {settings.band}}).taps;
    auto const audio_out = band_reference_of(settings).run(audio, key, taps);
    return {audio_out.begin(), audio_out.end()};
}

Signal drum_hits(std::int64_t frames, std::uint64_t seed) {
    return bursts({.level_dbfs = -20.0, .frames = frames, .seed = seed});
}

TEST_P(DynamicBand, EqualsItsDescription) {
    std::vector<Signal> const inputs{drum_hits(30'000, 1), drum_hits(30'000, 2)};
    auto const stage = backend->make_dynamic_band(cut());
    EXPECT_TRUE(audio_near(
        run(*backend, *stage, inputs, 5'000),
        expected_of(cut(), inputs[0], inputs[1]),
        kReferenceTolerance_dbfs
    ));
}

TEST_P(DynamicBand, IsItsOwnKeyWithoutAnother) {
    auto const audio = drum_hits(20'000, 1);
    auto const alone = backend->make_dynamic_band(cut());
    auto const keyed = backend->make_dynamic_band(cut());
    auto const actual = run(*backend, *alone, audio);
    EXPECT_TRUE(audio_identical(actual, run(*backend, *keyed, std::vector<Signal>{audio, audio})));
    EXPECT_TRUE(audio_near(actual, expected_of(cut(), audio, audio), kReferenceTolerance_dbfs));
}

TEST_P(DynamicBand, LeavesAudioAloneWhileTheKeyIsQuiet) {
    std::vector<Signal> const inputs{drum_hits(30'000, 1), silence(30'000)};
    auto const stage = backend->make_dynamic_band(cut());
    EXPECT_TRUE(audio_identical(run(*backend, *stage, inputs), inputs[0]));
}

TEST_P(DynamicBand, HearsItsBandAlone) {
    // As loud as the threshold would need, but four octaves below the band.
    std::vector<Signal> const inputs{
        drum_hits(48'000, 1), sine({.hz = 150.0, .level_dbfs = -20.0, .seconds = 1.0})};
    auto const stage = backend->make_dynamic_band(cut());
    auto const out = run(*backend, *stage, inputs);
    EXPECT_TRUE(std::equal(out.begin() + 48'000, out.end(), inputs[0].begin() + 48'000));
}

TEST_P(DynamicBand, IsHalfThereAtTheThreshold) {
    auto const audio = sine({.hz = 2500.0, .level_dbfs = -12.0, .seconds = 2.0});
    auto const key = sine({.hz = 2500.0, .level_dbfs = -30.0, .seconds = 2.0});
    auto const stage = backend->make_dynamic_band(cut());
    auto const out = run(*backend, *stage, std::vector<Signal>{audio, key});
    float highest = 0.0F;
    for (std::size_t i = out.size() / 2; i < out.size() * 3 / 4; ++i) {
        highest = std::max(highest, std::abs(out[i]));
    }
    double const gain = highest / std::pow(10.0, -12.0 / 20.0);
    double const whole = std::pow(10.0, -6.0 / 20.0);
    // 10 ms of RMS leave a ripple of 0.03 dB at 5 kHz, and the detector sits on its crests.
    EXPECT_NEAR(gain, 0.5 * (1.0 + whole), 0.01);
}

TEST_P(DynamicBand, IsTheSameForEverySegmentSize) {
    std::vector<Signal> const inputs{drum_hits(70'001, 1), drum_hits(70'001, 2)};
    auto const with = [&](std::int64_t segment_frames) {
        auto const stage = backend->make_dynamic_band(cut());
        return run(*backend, *stage, inputs, segment_frames);
    };
    auto const whole = with(70'001);
    for (std::int64_t const segment_frames : {31, 4096, 65'536}) {
        EXPECT_TRUE(audio_identical(with(segment_frames), whole));
    }
    std::vector<Signal> const brief{drum_hits(3'000, 1), drum_hits(3'000, 2)};
    auto const singly = backend->make_dynamic_band(cut());
    auto const at_once = backend->make_dynamic_band(cut());
    EXPECT_TRUE(
        audio_identical(run(*backend, *singly, brief, 1), run(*backend, *at_once, brief, 3'000))
    );
}

TEST_P(DynamicBand, TakesAKeyThatEndedForSilence) {
    auto const audio = drum_hits(30'000, 1);
    auto key = drum_hits(9'000, 2);
    auto const stage = backend->make_dynamic_band(cut());
    auto const actual = run_key_first(*backend, *stage, audio, key);
    key.resize(audio.size(), 0.0F);
    EXPECT_TRUE(audio_near(actual, expected_of(cut(), audio, key), kReferenceTolerance_dbfs));
}

TEST_P(DynamicBand, KeepsTheLengthAndStaysFiniteOnHostileInput) {
    for (std::int64_t const frames : {1, 31, 32, 33, 4095, 4096, 4097}) {
        for (float const value : {0.0F, 1.0F, -1.0F, 1e-40F}) {
            Signal const steady(static_cast<std::size_t>(frames) * 2, value);
            auto const stage = backend->make_dynamic_band(cut());
            auto const out = run(*backend, *stage, steady, 1000);
            ASSERT_EQ(out.size(), steady.size());
            EXPECT_TRUE(std::ranges::all_of(out, [](float x) { return std::isfinite(x); }));
        }
    }
}

TEST_P(DynamicBand, RefusesSettingsOutOfRangeInASentence) {
    std::vector<DynamicBandSettings> wrong(6, cut());
    wrong[0].rate_hz = 0;
    wrong[1].threshold_db = 1.0;
    wrong[2].attack_ms = 0.0;
    wrong[3].release_ms = 6000.0;
    wrong[4].band.hz = 30'000.0;
    wrong[5].band.q = 0.0;
    for (auto const& settings : wrong) {
        EXPECT_TRUE(fails_with(Code::invalid_plan, "must be between", [&] {
            static_cast<void>(backend->make_dynamic_band(settings));
        }));
    }
}

INSTANTIATE_EACH_BACKEND(DynamicBand);

} // namespace

} // namespace stemlathe::test
