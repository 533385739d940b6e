#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"
#include "kernels/true_peak/true_peak_math.hpp"
#include "tests/reference/true_peak_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"
#include "tests/support/screen_bound.hpp"
#include "tests/support/signals.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stemlathe::test {

namespace {

using TruePeak = EachBackend;

// Sums of 32 float32 products round to 2^-24 of full scale each.
constexpr double kRounding = 32.0 * 0x1p-24;

TruePeakReading measure(
    Backend& backend,
    Signal const& signal,
    std::int64_t segment_frames = 4096,
    bool keep_screen = true
) {
    auto const meter = backend.make_true_peak_meter({.keep_screen = keep_screen});
    feed(backend, *meter, signal, segment_frames);
    return meter->finish();
}

TEST_P(TruePeak, EqualsOversamplingByBruteForce) {
    for (std::uint64_t seed = 1; seed < 5; ++seed) {
        auto const noise = white_noise({.frames = 5'000, .seed = seed});
        auto const expected = reference::true_peak(noise, 16, 16, 5.0);
        auto const actual = measure(*backend, noise);
        EXPECT_NEAR(actual.peak, expected.peak, kRounding);
        EXPECT_EQ(actual.frame, expected.frame);
    }
}

TEST_P(TruePeak, ReadsTonesBetweenSamples) {
    // Against an interpolator three times as long, which is exact here to 0.001 dB; what the grid
    // of 16 points misses at 0.42 of the rate is 20 log10 cos(pi * 0.42 / 16) = -0.03 dB.
    for (double const place : {0.05, 0.25, 0.35, 0.42}) {
        for (double phase = 0.0; phase < 3.1; phase += 0.37) {
            auto tone = sine(
                {.hz = place * 48'000,
                 .level_dbfs = -3.0,
                 .seconds = 0.02,
                 .rate_hz = 48'000,
                 .phase_rad = phase}
            );
            for (std::size_t n = 0; n < 960; ++n) { // faded, so that no edge rings
                auto const fade = static_cast<float>(
                    std::pow(std::sin(std::numbers::pi * static_cast<double>(n) / 959.0), 2.0)
                );
                tone[2 * n] *= fade;
                tone[2 * n + 1] *= fade;
            }
            auto const expected = reference::true_peak(tone, 64, 48, 8.0).peak;
            EXPECT_NEAR(db_from_gain(measure(*backend, tone).peak), db_from_gain(expected), 0.06)
                << place << " of the rate, phase " << phase;
        }
    }
}

TEST_P(TruePeak, IsFlushedAtTheEndAndSeesTheStart) {
    // Half the rate reads 0.5 on samples and less between them, but where it is cut off it rings.
    Signal burst = silence(200);
    for (std::size_t n = 100; n < 200; ++n) {
        burst[2 * n] = n % 2 == 0 ? 0.5F : -0.5F;
    }
    for (bool const reversed : {false, true}) {
        auto signal = burst;
        if (reversed) {
            for (std::size_t n = 0; n < 200; ++n) {
                signal[2 * n] = burst[2 * (199 - n)];
            }
        }
        auto const expected = reference::true_peak(signal, 16, 16, 5.0);
        EXPECT_GT(expected.peak, 0.6);
        EXPECT_NEAR(measure(*backend, signal).peak, expected.peak, kRounding);
    }
}

TEST_P(TruePeak, IsBitIdenticalForEverySegmentSize) {
    auto const noise = bursts({.frames = 30'001});
    auto const whole = measure(*backend, noise, 30'001);
    for (std::int64_t const segment : {1, 31, 64, 4096, 65'536}) {
        auto const cut = measure(*backend, noise, segment);
        EXPECT_EQ(cut.peak, whole.peak) << segment;
        EXPECT_EQ(cut.frame, whole.frame) << segment;
        EXPECT_EQ(cut.screen, whole.screen) << segment;
    }
}

TEST_P(TruePeak, KeepsAScreenOnlyWhenAsked) {
    for (std::int64_t const frames : {0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 1000}) {
        auto const noise = frames == 0 ? Signal{} : white_noise({.frames = frames});
        auto const blocks = static_cast<std::size_t>((frames + 63) / 64);
        EXPECT_EQ(measure(*backend, noise).screen.size(), blocks) << frames;
        EXPECT_TRUE(measure(*backend, noise, 4096, false).screen.empty());
        auto const expected = reference::true_peak(noise, 16, 16, 5.0).peak;
        EXPECT_NEAR(measure(*backend, noise).peak, expected, kRounding) << frames;
    }
}

TEST_P(TruePeak, TheScreenHoldsTheFourTimesGridOfItsBlocks) {
    auto const noise = white_noise({.frames = 640});
    auto const screen = measure(*backend, noise).screen;
    auto const& taps = true_peak::taps();
    for (std::int64_t block = 1; block < 9; ++block) { // inside, where no edge is folded in
        double highest = 0.0;
        for (std::int64_t n = block * 64; n < (block + 1) * 64; ++n) {
            for (int channel = 0; channel < 2; ++channel) {
                for (int phase = 0; phase < 16; phase += 4) {
                    double value = 0.0;
                    for (int k = 0; k < true_peak::kTaps; ++k) {
                        auto const at = (n - true_peak::kFramesBefore + k) * 2 + channel;
                        value += static_cast<double>(taps.of[phase][k]) *
                                 noise[static_cast<std::size_t>(at)];
                    }
                    highest = std::max(highest, std::abs(value));
                }
            }
        }
        EXPECT_NEAR(screen[static_cast<std::size_t>(block)], highest, kRounding);
    }
}

TEST_P(TruePeak, SurvivesHostileInput) {
    EXPECT_EQ(measure(*backend, silence(1000)).peak, 0.0);
    EXPECT_EQ(measure(*backend, silence(0)).frame, 0);
    // A constant overshoots at its edges and nowhere else.
    auto const dc = measure(*backend, Signal(20'000, 1.0F));
    EXPECT_NEAR(dc.peak, reference::true_peak(Signal(2'000, 1.0F), 16, 16, 5.0).peak, kRounding);
    auto const tiny = measure(*backend, Signal(2'000, 1e-40F));
    EXPECT_LT(tiny.peak, 2e-40);
    EXPECT_GT(tiny.peak, 0.5e-40);
    auto const single = measure(*backend, impulse(100, 64));
    EXPECT_EQ(single.peak, 1.0);
    EXPECT_EQ(single.frame, 64);
}

TEST_P(TruePeak, RefusesRatesOutOfRange) {
    for (int const rate_hz : {0, 7'999, 384'001}) {
        EXPECT_TRUE(fails_with(
            Code::invalid_plan,
            "must be between",
            [&] { static_cast<void>(backend->make_true_peak_meter({.rate_hz = rate_hz})); }
        )) << rate_hz
           << " Hz";
    }
}

INSTANTIATE_EACH_BACKEND(TruePeak);

TEST(TruePeakTaps, NoPointLiesFurtherAboveTheScreenThanItsMargin) {
    ScreenedGrid grid;
    for (int phase = 0; phase < true_peak::kPhases; ++phase) {
        auto const& taps = true_peak::taps().of[phase];
        grid.phases.emplace_back(std::begin(taps), std::end(taps));
    }
    constexpr int kSpread_frames = 4;
    auto const bound_db = [&](int screen_step) {
        grid.screen_step = screen_step;
        // Rounding of the product's float32 sums, relative to the largest sample.
        return db_from_gain(screen_bound(grid, kSpread_frames) + 2.0 * kRounding);
    };
    EXPECT_LT(bound_db(true_peak::kScreenStep), kScreenMargin_db);
    EXPECT_LT(bound_db(2 * true_peak::kScreenStep), true_peak::kHalfGridMargin_db);
    EXPECT_LT(bound_db(true_peak::kPhases), true_peak::kFramesMargin_db);
    EXPECT_EQ(kScreenReach_frames, kSpread_frames + true_peak::kFramesAfter);
}

TEST(TruePeakTaps, PhaseZeroIsTheFrameAndPhasesMirror) {
    auto const& taps = true_peak::taps();
    for (int k = 0; k < true_peak::kTaps; ++k) {
        EXPECT_EQ(taps.of[0][k], k == true_peak::kFramesBefore ? 1.0F : 0.0F);
        for (int phase = 1; phase < true_peak::kPhases; ++phase) {
            auto const mirrored = taps.of[true_peak::kPhases - phase][true_peak::kTaps - 1 - k];
            EXPECT_NEAR(taps.of[phase][k], mirrored, 1e-7F); // one rounding of the tables
        }
    }
}

} // namespace

} // namespace stemlathe::test
