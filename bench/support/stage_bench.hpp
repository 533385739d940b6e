#pragma once

#include "bench/support/each_backend.hpp"
#include "tests/support/signals.hpp"

#include <algorithm>
#include <vector>

namespace stemlathe::bench {

/// Sends three minutes at `rate_hz` through a stage in the backend's own segments, the same segment
/// again and again, so that it is the stage that is measured and not where its input lies. Ends
/// with what is in host memory.
inline void run_stage(
    benchmark::State& state,
    Backend& backend,
    Stage& stage,
    std::size_t inputs,
    int rate_hz = 44'100,
    int seconds = 180
) {
    auto const frames = static_cast<std::int64_t>(seconds) * rate_hz;
    auto const segment = std::min(backend.info().segment_frames, frames);
    std::vector<AudioBuffer> buffers(inputs);
    std::vector<AudioView> views;
    for (std::size_t i = 0; i < inputs; ++i) {
        auto const noise = test::white_noise({.frames = segment, .seed = i + 1});
        views.push_back(backend.upload(noise, 0, buffers[i]));
    }
    float last[kChannels] = {}; // fetched, so that a card's work is done when time is taken
    for (auto _ : state) {
        AudioView out;
        for (std::int64_t at = 0; at < frames; at += segment) {
            auto parts = views;
            for (auto& part : parts) {
                part = AudioView{part.samples, std::min(segment, frames - at), at, part.memory};
            }
            auto const view = stage.process(parts);
            out = view.frames > 0 ? view : out;
        }
        backend.download(out.slice(0, 1), last);
        benchmark::DoNotOptimize(last);
    }
    report(state, frames, rate_hz);
}

} // namespace stemlathe::bench
