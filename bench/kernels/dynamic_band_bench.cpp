#include "bench/support/each_backend.hpp"
#include "tests/support/signals.hpp"

#include <algorithm>
#include <vector>

namespace stemlathe::bench {

namespace {

constexpr int kRate_hz = 44'100;
constexpr std::int64_t kLeastSegmentFrames = 32'768;

/// A cut that follows another stem, its linear-phase filter included.
void keyed_cut(benchmark::State& state) {
    auto const backend = open_for(state);
    if (backend == nullptr) {
        return;
    }
    auto const frames = std::max(kLeastSegmentFrames, backend->info().segment_frames);
    AudioBuffer audio_buffer;
    AudioBuffer key_buffer;
    std::vector<AudioView> const inputs{
        backend->upload(test::bursts({.frames = frames, .seed = 1}), 0, audio_buffer),
        backend->upload(test::bursts({.frames = frames, .seed = 2}), 0, key_buffer)};
    auto const stage = backend->make_dynamic_band(
        {.rate_hz = kRate_hz,
         .band = {.hz = 2500.0, .gain_db = -4.0, .q = 1.3, .points = {}},
         .threshold_db = -30.0}
    );
    std::vector<float> last(kChannels);
    for (auto _ : state) {
        auto const out = stage->process(inputs);
        if (out.frames > 0) {
            backend->download(out.slice(out.frames - 1, 1), last); // waits for a card
        }
        benchmark::DoNotOptimize(last.data());
    }
    report(state, frames, kRate_hz);
}

BENCHMARK(keyed_cut)->Name("dynamic_band/keyed_cut")->Arg(0)->Arg(1);

} // namespace

} // namespace stemlathe::bench
