#include "tests/reference/dynamics_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/each_backend.hpp"
#include "tests/support/signals.hpp"

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

DynamicsSettings strong() {
    return {
        .threshold_db = -24.0,
        .ratio = 4.0,
        .knee_db = 6.0,
        .attack_ms = 5.0,
        .release_ms = 100.0,
        .detector = Detector::peak};
}

reference::Compressor reference_of(DynamicsSettings const& settings) {
    return {
        .rate_hz = static_cast<double>(settings.rate_hz),
        .threshold_db = settings.threshold_db,
        .ratio = settings.ratio,
        .knee_db = settings.knee_db,
        .attack_s = settings.attack_ms / 1000,
        .release_s = settings.release_ms / 1000,
        .makeup_db = settings.makeup_db,
        .rms = settings.detector == Detector::rms,
        .rms_s = settings.rms_ms / 1000,
        .branching = settings.ballistics == Ballistics::branching,
        .link = settings.link};
}

/// Every way of detecting.
std::vector<DynamicsSettings> variants() {
    std::vector<DynamicsSettings> all;
    for (auto const detector : {Detector::peak, Detector::rms}) {
        for (auto const ballistics : {Ballistics::smooth_decoupled, Ballistics::branching}) {
            for (double const link : {1.0, 0.5, 0.0}) {
                auto settings = strong();
                settings.detector = detector;
                settings.ballistics = ballistics;
                settings.link = link;
                settings.makeup_db = link == 0.5 ? 2.0 : 0.0;
                all.push_back(settings);
            }
        }
    }
    return all;
}

Signal compressed(
    Backend& backend,
    DynamicsSettings const& settings,
    Signal const& signal,
    std::int64_t segment_frames = 4096
) {
    auto const stage = backend.make_dynamics(settings);
    return run(backend, *stage, signal, segment_frames);
}

Signal drums(std::int64_t frames = 60'000, std::uint64_t seed = 5) {
    return bursts({.level_dbfs = -15.0, .frames = frames, .seed = seed});
}

/// A value per frame on both channels.
Signal steps(std::vector<std::pair<std::int64_t, float>> const& parts) {
    Signal signal;
    for (auto const& [frames, value] : parts) {
        signal.insert(signal.end(), static_cast<std::size_t>(frames) * 2, value);
    }
    return signal;
}

/// Gain reduction in dB at each frame of the left channel, read from the audio.
std::vector<double> reduction_of(Signal const& in, Signal const& out) {
    std::vector<double> reduction_db;
    for (std::size_t i = 0; i < in.size(); i += 2) {
        reduction_db.push_back(
            -20.0 * std::log10(static_cast<double>(out[i]) / static_cast<double>(in[i]))
        );
    }
    return reduction_db;
}

TEST_P(Dynamics, EqualsThePaper) {
    auto const signal = drums();
    for (auto const& settings : variants()) {
        auto const expected = reference_of(settings).run(signal, signal);
        auto const stage = backend->make_dynamics(settings);
        auto const actual = run(*backend, *stage, signal);
        Signal const rounded(expected.audio.begin(), expected.audio.end());
        EXPECT_TRUE(audio_near(actual, rounded, kReferenceTolerance_dbfs));
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

/// How far the reduction of a steady sine lies from the static curve, dB.
double curve_error_db(Backend& backend, DynamicsSettings settings, double hz, double level_dbfs) {
    auto const in = sine({.hz = hz, .level_dbfs = level_dbfs, .seconds = 1.5});
    auto const out = compressed(backend, settings, in);
    double power_in = 0.0;
    double power_out = 0.0;
    for (std::size_t i = in.size() * 2 / 3; i < in.size(); ++i) {
        power_in += static_cast<double>(in[i]) * in[i];
        power_out += static_cast<double>(out[i]) * out[i];
    }
    double const level_out_dbfs = level_dbfs + 10.0 * std::log10(power_out / power_in);
    return level_out_dbfs - reference_of(settings).static_curve(level_dbfs);
}

TEST_P(Dynamics, FollowsTheStaticCurveWithinTheDocumentedRipple) {
    auto settings = strong();
    settings.threshold_db = -20.0;
    settings.attack_ms = 10.0;
    for (double level_dbfs = -40.0; level_dbfs <= 0.0; level_dbfs += 1.0) {
        settings.detector = Detector::peak;
        EXPECT_NEAR(curve_error_db(*backend, settings, 1000.0, level_dbfs), 0.0, 0.05);
        EXPECT_NEAR(curve_error_db(*backend, settings, 100.0, level_dbfs), 0.0, 0.1);
        settings.detector = Detector::rms; // its ripple rides on the release: more reduction
        EXPECT_NEAR(curve_error_db(*backend, settings, 1000.0, level_dbfs), 0.0, 0.05);
        EXPECT_NEAR(curve_error_db(*backend, settings, 100.0, level_dbfs), -0.12, 0.15);
    }
    settings.detector = Detector::peak; // in the middle of the knee: (1 - 1/R) W / 8
    auto const in = steps({{96'000, 0.1F}});
    auto const reduction_db = reduction_of(in, compressed(*backend, settings, in));
    EXPECT_NEAR(reduction_db.back(), 0.75 * 6.0 / 8.0, 1e-4);
}

/// Seconds until the reduction crosses `level_db` after `from`.
double crossing_s(std::vector<double> const& reduction_db, std::size_t from, double level_db) {
    bool const rises = reduction_db[from] < level_db;
    auto n = from;
    while (n < reduction_db.size() && (reduction_db[n] < level_db) == rises) {
        ++n;
    }
    return static_cast<double>(n - from) / 48'000.0;
}

TEST_P(Dynamics, TakesTheTimeThatItPromises) {
    constexpr double kFullReduction_db = 15.0; // 20 dB over the threshold at ratio 4
    constexpr double kReached = 0.6321205588;  // 1 - 1/e
    auto const in = steps({{48'000, 0.01F}, {96'000, 1.0F}, {96'000, 0.01F}});
    for (auto const ballistics : {Ballistics::smooth_decoupled, Ballistics::branching}) {
        auto settings = strong();
        settings.threshold_db = -20.0;
        settings.knee_db = 0.0;
        settings.attack_ms = 10.0;
        settings.ballistics = ballistics;
        auto const reduction_db = reduction_of(in, compressed(*backend, settings, in));
        EXPECT_NEAR(
            crossing_s(reduction_db, 48'000, kReached * kFullReduction_db), 0.010, 2.0 / 48'000
        );
        // The decoupled detector adds about the attack to the release (Giannoulis, section 2.3).
        double const release_s = ballistics == Ballistics::branching ? 0.100 : 0.1105;
        EXPECT_NEAR(
            crossing_s(reduction_db, 144'000, (1 - kReached) * kFullReduction_db),
            release_s,
            0.01 * release_s
        );
    }
}

struct Distortion {
    double thd_db = 0.0;
    double mean_reduction_db = 0.0;
};

/// Harmonics 2..10 over the fundamental of the last second, and the mean reduction there.
Distortion distortion(Backend& backend, DynamicsSettings const& settings, double hz) {
    auto const in = sine({.hz = hz, .level_dbfs = settings.threshold_db + 10.0, .seconds = 3.0});
    auto const stage = backend.make_dynamics(settings);
    auto const out = run(backend, *stage, in);
    auto const first = out.size() / 2 - 48'000;
    double fundamental = 0.0;
    double harmonics = 0.0;
    for (int order = 1; order <= 10; ++order) {
        double real = 0.0;
        double imaginary = 0.0;
        for (std::size_t n = first; n < out.size() / 2; ++n) {
            double const angle =
                2.0 * std::acos(-1.0) * order * hz * static_cast<double>(n) / 48'000.0;
            real += out[2 * n] * std::cos(angle);
            imaginary += out[2 * n] * std::sin(angle);
        }
        (order == 1 ? fundamental : harmonics) += real * real + imaginary * imaginary;
    }
    double const amplitude = std::sqrt(fundamental) / 24'000.0;
    return {
        .thd_db = 10.0 * std::log10(harmonics / fundamental),
        .mean_reduction_db = settings.threshold_db + 10.0 - 20.0 * std::log10(amplitude)};
}

TEST_P(Dynamics, DistortsAsLittleAsTheLiteratureSays) {
    struct Row {
        Detector detector;
        Ballistics ballistics;
        double attack_ms;
        double release_ms;
        double hz;
        double thd_db;
        double reduction_db;
    };

    constexpr auto kPeak = Detector::peak;
    constexpr auto kSmooth = Ballistics::smooth_decoupled;
    // Computed with an independent float64 program, 48 kHz, threshold + 10 dB, ratio 4, knee 6.
    for (Row const& row : {
             Row{kPeak, Ballistics::branching, 5, 100, 60, -42.3, 6.82},
             Row{kPeak, Ballistics::branching, 5, 100, 1000, -66.7, 6.82},
             Row{kPeak, kSmooth, 5, 100, 60, -53.1, 7.39},
             Row{kPeak, kSmooth, 5, 100, 100, -61.7, 7.43},
             Row{kPeak, kSmooth, 5, 100, 1000, -101.3, 7.49},
             Row{kPeak, kSmooth, 10, 100, 60, -59.0, 7.39},
             Row{kPeak, kSmooth, 10, 100, 1000, -107.3, 7.49},
             Row{kPeak, kSmooth, 30, 300, 60, -77.7, 7.46},
             Row{kPeak, kSmooth, 30, 300, 100, -86.5, 7.48},
             Row{Detector::rms, kSmooth, 10, 100, 60, -77.4, 7.89},
             Row{Detector::rms, kSmooth, 10, 100, 100, -90.5, 7.74},
             Row{kPeak, kSmooth, 0.5, 50, 60, -35.3, 7.29},
             Row{kPeak, kSmooth, 0.5, 50, 100, -40.6, 7.37},
         }) {
        auto settings = strong();
        settings.detector = row.detector;
        settings.ballistics = row.ballistics;
        settings.attack_ms = row.attack_ms;
        settings.release_ms = row.release_ms;
        auto const measured = distortion(*backend, settings, row.hz);
        EXPECT_NEAR(measured.thd_db, row.thd_db, 1.0) << row.hz << " Hz " << row.attack_ms;
        EXPECT_NEAR(measured.mean_reduction_db, row.reduction_db, 0.05) << row.hz << " Hz";
    }
}

TEST_P(Dynamics, BranchingEqualsTheBranchAlsoWhereAttackIsSlower) {
    auto settings = strong();
    settings.ballistics = Ballistics::branching;
    settings.attack_ms = 200.0;
    settings.release_ms = 20.0;
    auto const signal = drums();
    auto const expected = reference_of(settings).run(signal, signal);
    Signal const rounded(expected.audio.begin(), expected.audio.end());
    EXPECT_TRUE(
        audio_near(compressed(*backend, settings, signal), rounded, kReferenceTolerance_dbfs)
    );
}

TEST_P(Dynamics, TreatsChannelsPolarityAndTimeAlike) {
    auto const signal = drums();
    Signal swapped(signal);
    Signal inverted(signal);
    for (std::size_t i = 0; i < signal.size(); i += 2) {
        std::swap(swapped[i], swapped[i + 1]);
        inverted[i] = -signal[i];
        inverted[i + 1] = -signal[i + 1];
    }
    Signal later(kChunkFrames * 2, 0.0F);
    later.insert(later.end(), signal.begin(), signal.end());
    for (auto const& settings : variants()) {
        auto const plain = compressed(*backend, settings, signal);
        auto of_swapped = compressed(*backend, settings, swapped);
        auto of_inverted = compressed(*backend, settings, inverted);
        auto of_later = compressed(*backend, settings, later);
        for (std::size_t i = 0; i < signal.size(); i += 2) {
            std::swap(of_swapped[i], of_swapped[i + 1]);
            of_inverted[i] = -of_inverted[i];
            of_inverted[i + 1] = -of_inverted[i + 1];
        }
        of_later.erase(of_later.begin(), of_later.begin() + kChunkFrames * 2);
        EXPECT_TRUE(audio_identical(of_swapped, plain));
        EXPECT_TRUE(audio_identical(of_inverted, plain));
        EXPECT_TRUE(audio_identical(of_later, plain));
    }
}

TEST_P(Dynamics, FollowsAShiftOfGainAndThreshold) {
    auto const signal = drums();
    Signal halved(signal);
    std::ranges::for_each(halved, [](float& x) { x *= 0.5F; });
    auto settings = strong();
    auto const plain = compressed(*backend, settings, signal);
    settings.threshold_db -= 20.0 * std::log10(2.0);
    auto shifted = compressed(*backend, settings, halved);
    std::ranges::for_each(shifted, [](float& x) { x *= 2.0F; });
    EXPECT_TRUE(audio_near(shifted, plain, kReferenceTolerance_dbfs));
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
    Signal const rounded(expected.audio.begin(), expected.audio.end());
    EXPECT_TRUE(audio_near(actual, rounded, kReferenceTolerance_dbfs));
}

TEST_P(Dynamics, TakesAKeyThatEndedForSilenceAndOneThatComesEarly) {
    auto settings = strong();
    settings.external_key = true;
    auto const audio = sine({.level_dbfs = -1.0, .seconds = 1.25});
    auto key = drums(30'000);
    AudioBuffer audio_buffer;
    AudioBuffer key_buffer;
    auto const audio_there = backend->upload(audio, 0, audio_buffer);
    auto const key_there = backend->upload(key, 0, key_buffer);
    auto const stage = backend->make_dynamics(settings);
    Signal actual;
    auto const take = [&](AudioView out) {
        auto const before = actual.size();
        actual.resize(before + out.values().size());
        backend->download(out, std::span<float>{actual}.subspan(before));
    };
    take(stage->process(std::vector<AudioView>{audio_there.slice(0, 0), key_there}));
    take(stage->process(std::vector<AudioView>{audio_there, key_there.slice(30'000, 0)}));
    take(stage->finish());

    key.resize(audio.size(), 0.0F);
    auto const expected = reference_of(settings).run(audio, key);
    Signal const rounded(expected.audio.begin(), expected.audio.end());
    EXPECT_TRUE(audio_near(actual, rounded, kReferenceTolerance_dbfs));
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
        try {
            static_cast<void>(backend->make_dynamics(settings));
            FAIL() << "accepted";
        } catch (Failure const& failure) {
            EXPECT_EQ(failure.code(), Code::invalid_plan);
            EXPECT_NE(std::string{failure.what()}.find("must be between"), std::string::npos);
        }
    }
}

INSTANTIATE_EACH_BACKEND(Dynamics);

} // namespace

} // namespace stemlathe::test
