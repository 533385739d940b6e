#include "kernels/base/units.hpp"
#include "tests/reference/regions_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace stemlathe::test {

namespace {

/// As for the equaliser: a float32 transform comes to about -135.
constexpr double kResidual_dbfs = -120.0;

std::vector<EqualiserBand> bell() {
    return {{.type = EqualiserType::bell, .hz = 3'000.0, .gain_db = -6.0, .q = 1.0, .points = {}}};
}

RegionSettings with_bell() {
    return {
        .rate_hz = 48'000,
        .start_frame = 30'000,
        .end_frame = 52'000,
        .fade_frames = 2'400,
        .gain_db = -1.5,
        .bands = bell()};
}

Signal expected_for(RegionSettings const& settings, Signal const& input) {
    auto const taps = design_fir({settings.rate_hz, settings.bands}).taps;
    reference::Region const region{
        .start = static_cast<double>(settings.start_frame),
        .end = static_cast<double>(settings.end_frame),
        .fade = static_cast<double>(settings.fade_frames),
        .gain = gain_from_db(settings.gain_db)};
    return reference::region(input, region, taps);
}

using Region = EachBackend;

TEST_P(Region, EqualsTheReference) {
    auto const noise = white_noise({.frames = 80'001, .seed = 6});
    auto const stage = backend->make_region(with_bell());
    EXPECT_TRUE(
        audio_near(run(*backend, *stage, noise), expected_for(with_bell(), noise), kResidual_dbfs)
    );
}

TEST_P(Region, EqualsTheReferenceWithGainAlone) {
    auto settings = with_bell();
    settings.bands.clear();
    auto const noise = white_noise({.frames = 80'001, .seed = 7});
    auto const stage = backend->make_region(settings);
    EXPECT_TRUE(
        audio_near(run(*backend, *stage, noise), expected_for(settings, noise), kResidual_dbfs)
    );
}

TEST_P(Region, IsDigitalSilenceWhereItIsMuted) {
    RegionSettings const settings{
        .start_frame = 10'000, .end_frame = 20'000, .fade_frames = 240, .gain_db = kSilence_db};
    auto const noise = white_noise({.frames = 30'000, .seed = 9});
    auto const output = run(*backend, *backend->make_region(settings), noise);
    ASSERT_EQ(output.size(), noise.size());
    for (std::size_t i = 20'000; i <= 40'000; ++i) {
        ASSERT_EQ(output[i], 0.0F) << i;
    }
    EXPECT_TRUE(audio_near(output, expected_for(settings, noise), kResidual_dbfs));
}

TEST_P(Region, LeavesTheRestOfTheSongBitIdentical) {
    auto noise = white_noise({.frames = 80'000, .seed = 8});
    auto const settings = with_bell();
    // Values that arithmetic would change, also right beside the region.
    for (std::size_t const frame : {std::size_t{0}, std::size_t{27'599}, std::size_t{54'400}}) {
        noise[2 * frame] = -0.0F;
        noise[2 * frame + 1] = std::numeric_limits<float>::denorm_min();
    }
    auto const output = run(*backend, *backend->make_region(settings), noise);
    ASSERT_EQ(output.size(), noise.size());
    auto const first = static_cast<std::size_t>(2 * (settings.start_frame - settings.fade_frames));
    auto const last = static_cast<std::size_t>(2 * (settings.end_frame + settings.fade_frames));
    EXPECT_TRUE(
        audio_identical(std::span{output}.first(first), std::span<float const>{noise}.first(first))
    );
    EXPECT_TRUE(audio_identical(
        std::span{output}.subspan(last), std::span<float const>{noise}.subspan(last)
    ));
    EXPECT_GT(peak_difference_dbfs(output, noise), -40.0) << "the region itself must differ";
}

TEST_P(Region, PassesOnWhatLiesOutsideAtOnce) {
    auto const noise = white_noise({.frames = 100'000, .seed = 9});
    auto const stage = backend->make_region(with_bell());
    AudioBuffer buffer;
    std::span<float const> const samples{noise};
    auto const before = backend->upload(samples.first(2 * 27'600), 0, buffer);
    EXPECT_EQ(stage->process(before).frames, 27'600) << "nothing is held back before the region";
    AudioBuffer middle;
    (void)stage->process(backend->upload(samples.subspan(2 * 27'600, 2 * 60'000), 27'600, middle));
    AudioBuffer after;
    auto const rest = backend->upload(samples.subspan(2 * 87'600), 87'600, after);
    EXPECT_EQ(stage->process(rest).samples, rest.samples) << "nor copied after it";
    EXPECT_EQ(stage->finish().frames, 0);
}

TEST_P(Region, GivesTheSameBitsForEverySegmentSize) {
    auto const noise = bursts({.frames = 90'000, .seed = 5});
    auto const once = run(*backend, *backend->make_region(with_bell()), noise, 90'000);
    for (std::int64_t const segment : {31, 4'096, 65'536}) {
        auto const stage = backend->make_region(with_bell());
        EXPECT_TRUE(audio_identical(run(*backend, *stage, noise, segment), once)) << segment;
    }
    auto early = with_bell();
    early.start_frame = 5'000;
    early.end_frame = 7'000;
    auto const few = Signal(noise.begin(), noise.begin() + 2 * 15'000);
    auto const whole = run(*backend, *backend->make_region(early), few, 15'000);
    auto const single = run(*backend, *backend->make_region(early), few, 1);
    EXPECT_TRUE(audio_identical(single, whole));
}

TEST_P(Region, MayBeginBeforeAndEndAfterTheSong) {
    auto settings = with_bell();
    settings.start_frame = 100; // the fade reaches back before frame 0
    settings.end_frame = 1'000'000;
    for (std::int64_t const frames : {1, 31, 32, 33, 12'287, 12'288, 12'289, 20'000}) {
        auto const noise = white_noise({.frames = frames});
        auto const output = run(*backend, *backend->make_region(settings), noise);
        EXPECT_TRUE(audio_near(output, expected_for(settings, noise), kResidual_dbfs)) << frames;
    }
}

TEST_P(Region, MayLieBehindTheEnd) {
    auto const noise = white_noise({.frames = 29'000}); // the filter has begun, the region has not
    auto settings = with_bell();
    settings.fade_frames = 500;
    EXPECT_TRUE(audio_identical(run(*backend, *backend->make_region(settings), noise), noise));
}

TEST_P(Region, WithoutFadesSwitches) {
    auto settings = with_bell();
    settings.fade_frames = 0;
    settings.bands.clear();
    Signal const ones(2 * 60'000, 1.0F);
    auto const output = run(*backend, *backend->make_region(settings), ones);
    auto const gain = static_cast<float>(gain_from_db(-1.5));
    EXPECT_EQ(output[2 * 29'999], 1.0F);
    EXPECT_EQ(output[2 * 30'000], gain);
    EXPECT_EQ(output[2 * 51'999], gain);
    EXPECT_EQ(output[2 * 52'000], 1.0F);
}

TEST_P(Region, KeepsSilence) {
    auto const quiet = run(*backend, *backend->make_region(with_bell()), silence(60'000));
    EXPECT_EQ(peak_difference_dbfs(quiet, silence(60'000)), kSilence_db);
}

TEST_P(Region, RefusesValuesOutOfRangeInASentence) {
    auto const refuses = [&](auto const& spoil, std::string const& word) {
        auto settings = with_bell();
        spoil(settings);
        EXPECT_TRUE(fails_with(Code::invalid_plan, word, [&] {
            static_cast<void>(backend->make_region(settings));
        })) << word;
    };
    refuses([](RegionSettings& settings) { settings.start_frame = -1; }, "frame -1");
    refuses([](RegionSettings& settings) { settings.end_frame = 30'000; }, "end after");
    refuses([](RegionSettings& settings) { settings.fade_frames = -5; }, "-5 frames");
    refuses([](RegionSettings& settings) { settings.gain_db = 25.0; }, "gain");
    refuses([](RegionSettings& settings) { settings.bands[0].q = 99.0; }, "Q is 99");
}

INSTANTIATE_EACH_BACKEND(Region);

} // namespace

} // namespace stemlathe::test
