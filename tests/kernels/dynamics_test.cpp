#include "kernels/base/units.hpp"
#include "tests/kernels/compressed.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/files.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace stemlathe::test {

namespace {

using Dynamics = EachBackend;

/// log2 and exp2 of float32 err by 2e-5 dB at the levels used here, the output's rounding by
/// 5e-7 dB; a gain of 1e-4 dB is -98 dB of a full-scale signal.
constexpr double kReferenceTolerance_dbfs = -98.0;
constexpr double kTraceTolerance_db = 1e-4;

TEST_P(Dynamics, EqualsThePaper) {
    auto const signal = drums();
    for (auto const& settings : variants()) {
        auto const expected = reference_of(settings).run(signal, signal);
        auto const stage = backend->make_dynamics(settings);
        auto const actual = run(*backend, *stage, signal);
        EXPECT_TRUE(audio_near(actual, rounded(expected.audio), kReferenceTolerance_dbfs));
        auto const trace_db = stage->gain_reduction_db();
        constexpr auto kHop = static_cast<std::size_t>(kTraceHopFrames) * 2;
        ASSERT_EQ(trace_db.size(), (signal.size() + kHop - 1) / kHop);
        for (std::size_t hop = 0; hop < trace_db.size(); ++hop) {
            auto const* const first = expected.reduction_db.data() + hop * kHop;
            auto const count = std::min(kHop, signal.size() - hop * kHop);
            ASSERT_NEAR(trace_db[hop], *std::max_element(first, first + count), kTraceTolerance_db);
        }
    }
}

TEST_P(Dynamics, ReducesEveryFrameAsThePaperSays) {
    auto const key = drums();
    Signal const ones(key.size(), 1.0F); // what comes out is the gain
    for (auto settings : variants()) {
        settings.external_key = true;
        settings.makeup_db = 0.0;
        auto const expected = reference_of(settings).run(ones, key);
        auto const stage = backend->make_dynamics(settings);
        auto const gains = run(*backend, *stage, std::vector<Signal>{ones, key});
        double worst_db = 0.0;
        for (std::size_t i = 0; i < gains.size(); ++i) {
            double const reduction_db = -db_from_gain(gains[i]);
            worst_db = std::max(worst_db, std::abs(reduction_db - expected.reduction_db[i]));
        }
        EXPECT_LE(worst_db, kTraceTolerance_db);
    }
}

TEST_P(Dynamics, BranchingEqualsTheBranchAlsoWhereAttackIsSlower) {
    auto settings = strong();
    settings.ballistics = Ballistics::branching;
    settings.attack_ms = 200.0;
    settings.release_ms = 20.0;
    auto const signal = drums();
    auto const expected = reference_of(settings).run(signal, signal);
    EXPECT_TRUE(audio_near(
        compressed(*backend, settings, signal), rounded(expected.audio), kReferenceTolerance_dbfs
    ));
}

TEST_P(Dynamics, IsTheSameForEverySegmentSize) {
    auto const signal = drums(70'001);
    auto const brief = drums(5'000);
    for (auto const& settings : variants()) {
        auto const whole = compressed(*backend, settings, signal, 70'001);
        for (std::int64_t const segment_frames : {31, 4096, 65'536}) {
            EXPECT_TRUE(
                audio_identical(compressed(*backend, settings, signal, segment_frames), whole)
            );
        }
        EXPECT_TRUE(audio_identical(
            compressed(*backend, settings, brief, 1), compressed(*backend, settings, brief, 5'000)
        ));
    }
}

TEST_P(Dynamics, KeepsTheLengthAndStaysFiniteOnHostileInput) {
    for (std::int64_t const frames : {1, 31, 32, 33, 4095, 4096, 4097}) {
        for (float const value : {0.0F, 1.0F, -1.0F, 1e-40F, 8.0F}) {
            auto const out = compressed(*backend, strong(), steps({{frames, value}}), 1000);
            ASSERT_EQ(out.size(), static_cast<std::size_t>(frames) * 2);
            EXPECT_TRUE(std::ranges::all_of(
                out, [&](float x) { return std::isfinite(x) && std::abs(x) <= std::abs(value); }
            )) << frames
               << " frames of " << value;
        }
    }
}

TEST_P(Dynamics, LeavesAudioAloneAtRatioOne) {
    auto settings = strong();
    settings.ratio = 1.0;
    auto const signal = drums();
    EXPECT_TRUE(audio_identical(compressed(*backend, settings, signal), signal));
}

TEST_P(Dynamics, LeavesAudioBelowTheThresholdAlone) {
    auto settings = strong();
    settings.threshold_db = 0.0;
    auto const quiet = sine({.level_dbfs = -3.1, .seconds = 0.5});
    EXPECT_TRUE(audio_identical(compressed(*backend, settings, quiet), quiet));
}

TEST_P(Dynamics, LinksTheChannelsAsFarAsAsked) {
    auto signal = drums();
    for (std::size_t i = 1; i < signal.size(); i += 2) {
        signal[i] *= 0.01F; // too quiet to be compressed alone
    }
    auto settings = strong();
    settings.link = 1.0;
    auto const linked = compressed(*backend, settings, signal);
    settings.link = 0.0;
    auto const alone = compressed(*backend, settings, signal);
    bool follows = false;
    for (std::size_t i = 0; i < signal.size(); i += 2) {
        EXPECT_EQ(linked[i], alone[i]);
        EXPECT_EQ(alone[i + 1], signal[i + 1]);
        follows = follows || linked[i + 1] != signal[i + 1];
    }
    EXPECT_TRUE(follows);
}

TEST_P(Dynamics, FollowsItsKeyNotItsInput) {
    auto settings = strong();
    settings.external_key = true;
    auto const audio = sine({.level_dbfs = -1.0, .seconds = 1.25});
    auto const key = drums();
    auto const expected = reference_of(settings).run(audio, key);
    auto const stage = backend->make_dynamics(settings);
    auto const actual = run(*backend, *stage, std::vector<Signal>{audio, key}, 1000);
    EXPECT_TRUE(audio_near(actual, rounded(expected.audio), kReferenceTolerance_dbfs));
}

TEST_P(Dynamics, TakesAKeyThatEndedForSilenceAndOneThatComesEarly) {
    auto settings = strong();
    settings.external_key = true;
    auto const audio = sine({.level_dbfs = -1.0, .seconds = 1.25});
    auto key = drums(30'000);
    auto const stage = backend->make_dynamics(settings);
    auto const actual = run_key_first(*backend, *stage, audio, key);
    key.resize(audio.size(), 0.0F);
    auto const expected = reference_of(settings).run(audio, key);
    EXPECT_TRUE(audio_near(actual, rounded(expected.audio), kReferenceTolerance_dbfs));
}

TEST_P(Dynamics, RefusesSettingsOutOfRangeInASentence) {
    constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
    std::vector<DynamicsSettings> wrong(11);
    wrong[0].threshold_db = 1.0;
    wrong[1].threshold_db = -81.0;
    wrong[2].ratio = 0.5;
    wrong[3].ratio = kNotANumber;
    wrong[4].knee_db = 25.0;
    wrong[5].attack_ms = 0.0;
    wrong[6].release_ms = 5001.0;
    wrong[7].makeup_db = 30.0;
    wrong[8].rms_ms = 0.0;
    wrong[9].link = 1.5;
    wrong[10].rate_hz = 0;
    for (auto const& settings : wrong) {
        EXPECT_TRUE(fails_with(Code::invalid_plan, "must be between", [&] {
            static_cast<void>(backend->make_dynamics(settings));
        }));
    }
}

INSTANTIATE_EACH_BACKEND(Dynamics);

} // namespace

} // namespace stemlathe::test
