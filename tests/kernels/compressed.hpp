#pragma once

#include "tests/reference/dynamics_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/signals.hpp"

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

// What the tests of the compressor share: settings, signals, and a run of either.

namespace stemlathe::test {

inline DynamicsSettings strong() {
    return {
        .threshold_db = -24.0,
        .ratio = 4.0,
        .knee_db = 6.0,
        .attack_ms = 5.0,
        .release_ms = 100.0,
        .detector = Detector::peak};
}

inline reference::Compressor reference_of(DynamicsSettings const& settings) {
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
inline std::vector<DynamicsSettings> variants() {
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

inline Signal rounded(std::vector<double> const& audio) {
    return {audio.begin(), audio.end()};
}

inline Signal compressed(
    Backend& backend,
    DynamicsSettings const& settings,
    Signal const& signal,
    std::int64_t segment_frames = 4096
) {
    auto const stage = backend.make_dynamics(settings);
    return run(backend, *stage, signal, segment_frames);
}

/// Drum-like.
inline Signal drums(std::int64_t frames = 60'000, std::uint64_t seed = 5) {
    return bursts({.level_dbfs = -15.0, .frames = frames, .seed = seed});
}

/// A value per frame on both channels.
inline Signal steps(std::vector<std::pair<std::int64_t, float>> const& parts) {
    Signal signal;
    for (auto const& [frames, value] : parts) {
        signal.insert(signal.end(), static_cast<std::size_t>(frames) * 2, value);
    }
    return signal;
}

/// Gain reduction in dB at each frame of the left channel, read from the audio.
inline std::vector<double> reduction_of(Signal const& in, Signal const& out) {
    std::vector<double> reduction_db;
    for (std::size_t i = 0; i < in.size(); i += 2) {
        reduction_db.push_back(
            -20.0 * std::log10(static_cast<double>(out[i]) / static_cast<double>(in[i]))
        );
    }
    return reduction_db;
}

} // namespace stemlathe::test
