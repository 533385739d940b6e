#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"
#include "tests/reference/energies_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"
#include "tests/support/signals.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace stemlathe::test {

namespace {

using Energies = EachBackend;

// What a hop leaves out by starting its filter 100 ms earlier is under -180 dB of the loudest that
// came before; float64 sums of 40,000 squares round to 1e-12.
constexpr double kRelative = 1e-9;

EnergyTrack measure(
    Backend& backend,
    EnergySettings const& settings,
    Signal const& signal,
    std::int64_t segment_frames = 4096
) {
    auto const meter = backend.make_energy_meter(settings);
    feed(backend, *meter, signal, segment_frames);
    return meter->finish();
}

void expect_near(std::vector<double> const& actual, std::vector<double> const& expected) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t hop = 0; hop < actual.size(); ++hop) {
        EXPECT_NEAR(actual[hop], expected[hop], kRelative * expected[hop] + 1e-18) << "hop " << hop;
    }
}

TEST_P(Energies, EqualTheFilterOfTheTablesAtEveryRate) {
    for (int const rate_hz : {8'000, 11'025, 22'050, 44'100, 48'000, 88'200, 96'000, 192'000}) {
        SCOPED_TRACE(rate_hz);
        auto const noise = pink_noise({.frames = rate_hz * 5LL / 4});
        auto const track = measure(*backend, {.rate_hz = rate_hz}, noise);
        expect_near(track.mean_square, reference::energies(noise, rate_hz, 100, true));
    }
}

TEST_P(Energies, FollowHopsThatAreNotWholeFrames) {
    for (int const hop_ms : {1, 7, 10, 400}) {
        SCOPED_TRACE(hop_ms);
        auto const noise = pink_noise({.frames = 50'003});
        EnergySettings const settings{.rate_hz = 44'056, .hop_ms = hop_ms};
        expect_near(
            measure(*backend, settings, noise).mean_square,
            reference::energies(noise, 44'056, hop_ms, true)
        );
    }
}

TEST_P(Energies, AreFlatWhenAsked) {
    auto const noise = white_noise({.frames = 48'000});
    auto const track = measure(*backend, {.weighting = Weighting::flat}, noise);
    expect_near(track.mean_square, reference::energies(noise, 48'000, 100, false));
}

TEST_P(Energies, GiveChannelsTheirProductAndThePeakInOnePass) {
    auto noise = white_noise({.frames = 44'111, .seed = 5});
    for (std::size_t n = 0; n < noise.size() / 2; ++n) {
        noise[2 * n + 1] = 0.5F * noise[2 * n + 1] - 0.25F * noise[2 * n];
    }
    auto const track =
        measure(*backend, {.rate_hz = 44'100, .hop_ms = 90, .per_channel = true}, noise);
    ASSERT_EQ(track.product.size(), 11U);
    for (std::size_t hop = 0; hop < track.product.size(); ++hop) {
        double left = 0.0;
        double right = 0.0;
        double product = 0.0;
        float peak = 0.0F;
        for (std::size_t n = hop * 3969; n < (hop + 1) * 3969; ++n) {
            double const l = noise[2 * n];
            double const r = noise[2 * n + 1];
            left += l * l / 3969;
            right += r * r / 3969;
            product += l * r / 3969;
            peak = std::max({peak, std::abs(noise[2 * n]), std::abs(noise[2 * n + 1])});
        }
        EXPECT_NEAR(track.left[hop], left, kRelative * left);
        EXPECT_NEAR(track.right[hop], right, kRelative * right);
        EXPECT_NEAR(track.product[hop], product, kRelative * left);
        EXPECT_EQ(track.peak[hop], peak);
    }
}

TEST_P(Energies, AreBitIdenticalForEverySegmentSize) {
    auto const noise = bursts({.frames = 96'000});
    for (auto const weighting : {Weighting::k, Weighting::flat}) {
        EnergySettings const settings{
            .rate_hz = 44'100, .weighting = weighting, .per_channel = true};
        auto const whole = measure(*backend, settings, noise, 96'000);
        for (std::int64_t const segment : {1, 31, 4096, 65'536}) {
            auto const cut = measure(*backend, settings, noise, segment);
            EXPECT_EQ(cut.mean_square, whole.mean_square) << segment;
            EXPECT_EQ(cut.peak, whole.peak) << segment;
            EXPECT_EQ(cut.left, whole.left) << segment;
            EXPECT_EQ(cut.right, whole.right) << segment;
            EXPECT_EQ(cut.product, whole.product) << segment;
        }
    }
}

TEST_P(Energies, KeepOnlyThePeakOfAnIncompleteLastHop) {
    for (std::int64_t const frames : {0, 1, 4799, 4800, 9601}) {
        auto signal = silence(frames);
        if (!signal.empty()) {
            signal.back() = -0.5F;
        }
        auto const track = measure(*backend, {.per_channel = true}, signal);
        EXPECT_EQ(track.mean_square.size(), static_cast<std::size_t>(frames / 4800)) << frames;
        EXPECT_EQ(track.product.size(), track.mean_square.size());
        EXPECT_EQ(track.peak.size(), static_cast<std::size_t>((frames + 4799) / 4800)) << frames;
        EXPECT_TRUE(frames == 0 || track.peak.back() == 0.5F) << frames;
    }
}

TEST_P(Energies, SurviveHostileInput) {
    auto const dc = Signal(96'000, 1.0F);
    auto const constant = measure(*backend, {}, dc);
    // A high-pass of 38 Hz at rest after 300 ms of a step: what is left is under -150 dB.
    EXPECT_LT(constant.mean_square.back(), 1e-15);
    EXPECT_EQ(constant.peak.back(), 1.0F);
    auto const tiny = measure(*backend, {}, Signal(96'000, 1e-40F));
    EXPECT_LT(tiny.mean_square.front(), 1e-70);
    auto const nothing = measure(*backend, {}, silence(48'000));
    EXPECT_EQ(nothing.mean_square, std::vector<double>(10, 0.0));
    EXPECT_EQ(integrated_lufs(nothing), kSilence_db);
}

TEST_P(Energies, AReferenceToneReadsItsLevelAtEveryRate) {
    // BS.1770-5 Annex 1: 0 dBFS at 997 Hz in both channels reads 0.0 LUFS.
    for (int const rate_hz : {32'000, 44'100, 48'000, 88'200, 96'000, 176'400, 192'000}) {
        auto const tone =
            sine({.hz = 997.0, .level_dbfs = 0.0, .seconds = 3.0, .rate_hz = rate_hz});
        // Bilinear warping of the shelf alone moves 997 Hz by up to 0.008 dB from rate to rate.
        EXPECT_NEAR(integrated_lufs(measure(*backend, {.rate_hz = rate_hz}, tone)), 0.0, 0.01)
            << rate_hz;
    }
}

TEST_P(Energies, IntegratedLoudnessIsTheOneOfTheStandard) {
    auto signal = pink_noise({.level_dbfs = -23.0, .frames = 480'000});
    for (std::size_t i = 0; i < 300'000; ++i) {
        signal[i] *= 0.03F; // under the relative gate
    }
    auto const track = measure(*backend, {}, signal);
    EXPECT_NEAR(
        integrated_lufs(track),
        reference::integrated_lufs(reference::energies(signal, 48'000, 100, true)),
        1e-8
    );
}

TEST_P(Energies, AGainMovesTheLoudnessAndTheGateWithIt) {
    auto const quiet = pink_noise({.level_dbfs = -80.0, .frames = 96'000});
    auto const track = measure(*backend, {}, quiet);
    EXPECT_EQ(integrated_lufs(track), kSilence_db); // under the absolute gate
    auto loud = quiet;
    for (float& value : loud) {
        value *= 1024.0F;
    }
    EXPECT_NEAR(
        integrated_lufs(track, db_from_gain(1024.0)),
        integrated_lufs(measure(*backend, {}, loud)),
        1e-9
    );
}

TEST_P(Energies, SlidingLoudnessCountsMissingHopsAsSilence) {
    auto const tone = sine({.hz = 997.0, .level_dbfs = -20.0, .seconds = 1.0});
    auto const momentary = sliding_lufs(measure(*backend, {}, tone), 4);
    ASSERT_EQ(momentary.size(), 10U);
    EXPECT_NEAR(momentary[1], -20.0 + 10.0 * std::log10(2.0 / 4.0), 0.05);
    EXPECT_NEAR(momentary[9], -20.0, 0.01);
}

TEST_P(Energies, RefuseSettingsOutOfRange) {
    for (EnergySettings const& wrong :
         {EnergySettings{.rate_hz = 7'999},
          EnergySettings{.rate_hz = 384'001},
          EnergySettings{.hop_ms = 0},
          EnergySettings{.hop_ms = 1001}}) {
        EXPECT_TRUE(fails_with(
            Code::invalid_plan,
            "must be between",
            [&] { static_cast<void>(backend->make_energy_meter(wrong)); }
        )) << wrong.rate_hz
           << " Hz, " << wrong.hop_ms << " ms";
    }
}

INSTANTIATE_EACH_BACKEND(Energies);

} // namespace

} // namespace stemlathe::test
