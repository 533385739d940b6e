#include "tests/kernels/limited.hpp"
#include "tests/support/each_backend.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

/// A limiter whose gain is that of another signal: parts of a mix keyed by the mix.
namespace stemlathe::test {

namespace {

using LimiterKey = EachBackend;

constexpr std::int64_t kKeyedFrames = 60'001;

LimiterSettings unkeyed_limiter() {
    return {.drive_db = 8.0, .trim_db = -0.1};
}

LimiterSettings keyed_limiter() {
    auto settings = unkeyed_limiter();
    settings.external_key = true;
    return settings;
}

Signal limited_by(
    Backend& backend, Signal const& audio, Signal const& key, std::int64_t segment_frames = 4096
) {
    auto const stage = backend.make_limiter(keyed_limiter());
    return run(backend, *stage, std::vector<Signal>{audio, key}, segment_frames);
}

TEST_P(LimiterKey, GivesItselfWhatALimiterWithoutAKeyGives) {
    for (auto const& signal : {limited_drums(kKeyedFrames), hostile(kKeyedFrames)}) {
        auto const stage = backend->make_limiter(keyed_limiter());
        auto const out = run(*backend, *stage, std::vector<Signal>{signal, signal});
        auto const alone = backend->make_limiter(unkeyed_limiter());
        EXPECT_TRUE(audio_identical(out, run(*backend, *alone, signal)));
        EXPECT_EQ(stage->gain_reduction_db(), alone->gain_reduction_db());
    }
}

TEST_P(LimiterKey, MultipliesWhateverItIsGivenByTheKeysGain) {
    auto const key = hostile(kKeyedFrames);
    auto const gain = limited_by(*backend, Signal(key.size(), 1.0F), key);
    EXPECT_LT(*std::ranges::min_element(gain), 0.5 * gain_from_db(unkeyed_limiter().drive_db));
    auto expected = pink_noise({.level_dbfs = -3.0, .frames = kKeyedFrames, .seed = 4});
    auto const audio = expected;
    std::ranges::transform(audio, gain, expected.begin(), std::multiplies<>{});
    EXPECT_TRUE(audio_identical(limited_by(*backend, audio, key), expected));
}

TEST_P(LimiterKey, LetsThePartsAddUpToTheLimitedWhole) {
    auto const voice = pink_noise({.level_dbfs = -16.0, .frames = kKeyedFrames, .seed = 4});
    auto const band = limited_drums(kKeyedFrames);
    auto const whole = sum_of(voice, band);
    auto const parts =
        sum_of(limited_by(*backend, voice, whole), limited_by(*backend, band, whole));
    // Two products and a sum, each rounded to float32 near full scale.
    constexpr double kRounding_dbfs = -132.0;
    EXPECT_TRUE(audio_near(parts, limited(*backend, unkeyed_limiter(), whole), kRounding_dbfs));
}

TEST_P(LimiterKey, MayArriveEarlierThanTheAudioAndInAnySegments) {
    for (auto const frames : {std::int64_t{1}, kKeyedFrames}) {
        auto const key = hostile(frames);
        auto const audio = limited_drums(frames);
        auto const expected = limited_by(*backend, audio, key);
        for (std::int64_t const segment_frames : {31, 4096, 65'536}) {
            EXPECT_TRUE(audio_identical(limited_by(*backend, audio, key, segment_frames), expected)
            );
        }
        auto const stage = backend->make_limiter(keyed_limiter());
        EXPECT_TRUE(audio_identical(run_key_first(*backend, *stage, audio, key), expected));
    }
}

TEST_P(LimiterKey, IsSilentBehindItsEndAndTheAudioSaysWhereTheEndIs) {
    auto const audio = limited_drums(kKeyedFrames);
    auto short_key = hostile(kKeyedFrames / 2);
    auto const stage = backend->make_limiter(keyed_limiter());
    auto const out = run_key_first(*backend, *stage, audio, short_key);
    auto const longer_key = hostile(kKeyedFrames + 9'000);
    auto const other_stage = backend->make_limiter(keyed_limiter());
    auto const under_longer = run_key_first(*backend, *other_stage, audio, longer_key);
    short_key.resize(audio.size(), 0.0F);
    EXPECT_TRUE(audio_identical(out, limited_by(*backend, audio, short_key)));
    EXPECT_EQ(under_longer.size(), audio.size());
}

TEST_P(LimiterKey, UsesTheScreenOfTheKey) {
    auto const key = limited_drums(kKeyedFrames);
    auto const audio = hostile(kKeyedFrames);
    auto const meter = backend->make_true_peak_meter({.keep_screen = true});
    feed(*backend, *meter, key);
    auto settings = keyed_limiter();
    settings.screen = std::make_shared<std::vector<float> const>(meter->finish().screen);
    auto const stage = backend->make_limiter(settings);
    auto const out = run(*backend, *stage, std::vector<Signal>{audio, key});
    EXPECT_TRUE(audio_identical(out, limited_by(*backend, audio, key)));
}

INSTANTIATE_EACH_BACKEND(LimiterKey);

} // namespace

} // namespace stemlathe::test
