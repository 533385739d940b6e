#pragma once

#include "kernels/backend.hpp"
#include "tests/support/signals.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <vector>

namespace stemlathe::test {

/// Largest |actual - expected|, in dB re full scale; kSilence_db where equal. Lengths must agree.
[[nodiscard]] double
peak_difference_dbfs(std::span<float const> actual, std::span<float const> expected);

/// rms of the difference in dB re full scale.
[[nodiscard]] double
rms_difference_dbfs(std::span<float const> actual, std::span<float const> expected);

/// EXPECT_TRUE(audio_near(actual, expected, -120.0)): the failure names worst frame, channel and
/// values; the residual is recorded as a property even when green.
[[nodiscard]] ::testing::AssertionResult
audio_near(std::span<float const> actual, std::span<float const> expected, double limit_dbfs);

/// Bit-identical, or the first frame that differs.
[[nodiscard]] ::testing::AssertionResult
audio_identical(std::span<float const> actual, std::span<float const> expected);

/// Sends a whole signal through a stage in segments of `segment_frames` and returns all that came
/// out.
[[nodiscard]] Signal
run(Backend& backend, Stage& stage, Signal const& signal, std::int64_t segment_frames = 4096);

/// The same with several inputs (audio, keys), all of the same length.
[[nodiscard]] Signal
run(Backend& backend,
    Stage& stage,
    std::span<Signal const> signals,
    std::int64_t segment_frames = 4096);

/// The same with a key that has come whole before the audio does, and may end earlier.
[[nodiscard]] Signal
run_key_first(Backend& backend, Stage& stage, Signal const& audio, Signal const& key);

/// The same with a stage that splits: one signal per band.
[[nodiscard]] std::vector<Signal>
run(Backend& backend, SplitStage& stage, Signal const& signal, std::int64_t segment_frames = 4096);

/// Downloads a view to the end of `out`.
void append(Backend& backend, AudioView view, Signal& out);

/// Calls `take` with the signal's segments, one after the other in the backend's memory.
template <typename Take>
void for_each_segment(
    Backend& backend, Signal const& signal, std::int64_t segment_frames, Take const& take
) {
    AudioBuffer buffer;
    auto const frames = static_cast<std::int64_t>(signal.size()) / kChannels;
    for (std::int64_t at = 0; at < frames; at += segment_frames) {
        auto const count = std::min(segment_frames, frames - at);
        std::span<float const> const part{
            signal.data() + at * kChannels, static_cast<std::size_t>(count * kChannels)};
        take(backend.upload(part, at, buffer));
    }
}

/// Feeds a meter (EnergyMeter, TruePeakMeter) in segments; the caller finishes it.
template <typename Meter>
void feed(
    Backend& backend, Meter& meter, Signal const& signal, std::int64_t segment_frames = 4096
) {
    for_each_segment(backend, signal, segment_frames, [&](AudioView part) { meter.process(part); });
}

} // namespace stemlathe::test
