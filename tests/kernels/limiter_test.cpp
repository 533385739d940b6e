#include "tests/kernels/limited.hpp"
#include "tests/reference/limiter_reference.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

namespace stemlathe::test {

namespace {

using Limiter = EachBackend;

/// The interpolator's float32 taps and sums err by 1e-6 of a peak, the gain by as much.
constexpr double kReferenceTolerance_dbfs = -105.0;

std::shared_ptr<std::vector<float> const> screen_of(Signal const& signal) {
    return std::make_shared<std::vector<float> const>(reference::Limiter::screen(signal));
}

reference::Limiter reference_of(LimiterSettings const& settings) {
    return {
        .rate_hz = static_cast<double>(settings.rate_hz),
        .drive = gain_from_db(settings.drive_db),
        .ceiling = gain_from_db(settings.ceiling_dbtp),
        .trim = gain_from_db(settings.trim_db),
        .lookahead_s = settings.lookahead_ms / 1000,
        .fast_s = settings.fast_release_ms / 1000,
        .slow_s = settings.slow_release_ms / 1000};
}

TEST_P(Limiter, EqualsItsDescription) {
    auto const signal = limited_drums(30'000);
    for (double const lookahead_ms : {0.5, 3.0, 10.0}) {
        LimiterSettings const settings{
            .drive_db = 4.0, .trim_db = -0.1, .lookahead_ms = lookahead_ms};
        auto const expected = reference_of(settings).run(signal);
        auto const stage = backend->make_limiter(settings);
        auto const actual = run(*backend, *stage, signal);
        Signal const rounded(expected.audio.begin(), expected.audio.end());
        EXPECT_TRUE(audio_near(actual, rounded, kReferenceTolerance_dbfs)) << lookahead_ms;

        auto const trace_db = stage->gain_reduction_db();
        ASSERT_EQ(trace_db.size(), 59U);
        for (std::size_t hop = 0; hop < trace_db.size(); ++hop) {
            double deepest = 1.0; // the trace looks at every eighth frame
            for (std::size_t n = hop * 512; n < std::min<std::size_t>(hop * 512 + 512, 30'000);
                 n += 8) {
                deepest = std::min(deepest, expected.gain[n]);
            }
            ASSERT_NEAR(trace_db[hop], -db_from_gain(deepest), 1e-4);
        }
    }
}

TEST_P(Limiter, OnlyScalesWhatNeedsNoLimiting) {
    auto signal = limited_drums();
    auto const peak_db = true_peak_as_documented_db(signal);
    LimiterSettings const settings{.drive_db = -1.101 - peak_db, .trim_db = -0.1};
    auto const gain = static_cast<float>(gain_from_db(settings.drive_db) * gain_from_db(-0.1));
    auto const stage = backend->make_limiter(settings);
    auto const out = run(*backend, *stage, signal);
    std::ranges::for_each(signal, [gain](float& x) { x *= gain; });
    EXPECT_TRUE(audio_identical(out, signal));
    EXPECT_TRUE(std::ranges::all_of(stage->gain_reduction_db(), [](float db) { return db == 0; }));
}

TEST_P(Limiter, ComesToRestAfterAPeak) {
    LimiterSettings const settings{.drive_db = 6.0, .slow_release_ms = 100.0};
    auto signal = sine({.level_dbfs = -30.0, .seconds = 6.0});
    signal[2000] = 1.0F;
    auto const out = limited(*backend, settings, signal);
    auto const gain = static_cast<float>(gain_from_db(6.0));
    EXPECT_LT(std::abs(out[2100] / signal[2100]), 0.7F * gain);
    for (auto i = signal.size() / 2; i < signal.size(); ++i) {
        ASSERT_EQ(out[i], signal[i] * gain);
    }
}

TEST_P(Limiter, GivesTheSameWithAndWithoutAScreen) {
    for (auto const& signal : {limited_drums(), hostile(60'000), impulse(4'096, 0)}) {
        LimiterSettings settings{.drive_db = 5.0};
        auto const without = limited(*backend, settings, signal);
        settings.screen = screen_of(signal);
        EXPECT_TRUE(audio_identical(limited(*backend, settings, signal), without));
        auto const meter = backend->make_true_peak_meter({.keep_screen = true});
        feed(*backend, *meter, signal);
        settings.screen = std::make_shared<std::vector<float> const>(meter->finish().screen);
        EXPECT_TRUE(audio_identical(limited(*backend, settings, signal), without));
    }
}

TEST_P(Limiter, IsTheSameForEverySegmentSize) {
    for (auto const& signal : {hostile(70'001), limited_drums(70'001)}) {
        LimiterSettings const settings{.drive_db = 5.0};
        auto const whole = limited(*backend, settings, signal, 70'001);
        for (std::int64_t const segment_frames : {31, 4096, 65'536}) {
            EXPECT_TRUE(audio_identical(limited(*backend, settings, signal, segment_frames), whole)
            );
        }
    }
    auto const brief = hostile(5'000);
    EXPECT_TRUE(audio_identical(
        limited(*backend, {.drive_db = 5.0}, brief, 1),
        limited(*backend, {.drive_db = 5.0}, brief, 5'000)
    ));
}

TEST_P(Limiter, AddsNoLatencyAndKeepsTheLength) {
    for (std::int64_t const frames : {1, 31, 32, 33, 4095, 4096, 4097, 12'300}) {
        auto const click = impulse(frames, frames - 1);
        auto const out = limited(*backend, {.drive_db = 3.0}, click);
        ASSERT_EQ(out.size(), click.size());
        for (std::size_t i = 0; i < out.size(); ++i) {
            EXPECT_EQ(out[i] != 0.0F, click[i] != 0.0F);
        }
    }
}

TEST_P(Limiter, StaysFiniteOnHostileInput) {
    for (float const value : {0.0F, 1.0F, -1.0F, 1e-40F, 100.0F}) {
        Signal const steady(20'000, value);
        auto const out = limited(*backend, {.drive_db = 6.0, .ceiling_dbtp = -1.0}, steady);
        EXPECT_TRUE(std::ranges::all_of(out, [](float x) {
            return std::isfinite(x) && std::abs(x) <= gain_from_db(-1.0);
        })) << value;
    }
}

TEST_P(Limiter, ForgetsALonePeakFasterThanALongOne) {
    LimiterSettings const settings{.drive_db = 6.0, .ceiling_dbtp = 0.0};
    auto const reduction_later_db = [&](std::int64_t loud_frames) {
        auto signal = sine({.level_dbfs = -20.0, .seconds = 4.0});
        for (std::int64_t n = 96'000 - loud_frames; n < 96'000; ++n) {
            signal[static_cast<std::size_t>(2 * n)] *= 10.0F;
        }
        auto const stage = backend->make_limiter(settings);
        static_cast<void>(run(*backend, *stage, signal));
        return stage->gain_reduction_db()[(96'000 + 9'600) / kTraceHopFrames]; // 200 ms later
    };
    EXPECT_LT(reduction_later_db(100), 1.0F);
    EXPECT_GT(reduction_later_db(90'000), 3.0F);
}

TEST_P(Limiter, RefusesSettingsOutOfRangeInASentence) {
    std::vector<LimiterSettings> wrong(9);
    wrong[0].rate_hz = 0;
    wrong[1].drive_db = std::numeric_limits<double>::quiet_NaN();
    wrong[2].ceiling_dbtp = 0.1;
    wrong[3].trim_db = 0.1;
    wrong[4].trim_db = -0.3;
    wrong[5].lookahead_ms = 0.1;
    wrong[6].lookahead_ms = 11.0;
    wrong[7].fast_release_ms = 0.5;
    wrong[8].slow_release_ms = 50.0; // faster than the fast one
    for (auto const& settings : wrong) {
        EXPECT_TRUE(fails_with(Code::invalid_plan, "must be between", [&] {
            static_cast<void>(backend->make_limiter(settings));
        }));
    }
}

INSTANTIATE_EACH_BACKEND(Limiter);

} // namespace

} // namespace stemlathe::test
