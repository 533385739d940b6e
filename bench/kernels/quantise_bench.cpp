#include "bench/support/each_backend.hpp"
#include "tests/support/signals.hpp"

namespace stemlathe::bench {

namespace {

constexpr int kRate_hz = 44'100;
constexpr std::int64_t kFrames = 180 * kRate_hz;

/// Second argument: word length; third: 0 none, 1 TPDF, 2 shaped.
void quantise(benchmark::State& state) {
    auto const backend = open_for(state);
    if (backend == nullptr) {
        return;
    }
    auto const bits = static_cast<int>(state.range(1));
    auto const quantiser = backend->make_quantiser(
        {.rate_hz = kRate_hz,
         .format = bits == 16 ? SampleFormat::pcm_16 : SampleFormat::pcm_24,
         .bits = bits,
         .dither = static_cast<Dither>(state.range(2)),
         .seed = 1}
    );
    auto const segment = std::min(backend->info().segment_frames, kFrames);
    AudioBuffer buffer;
    auto const noise = test::white_noise({.frames = segment});
    auto const view = backend->upload(noise, 0, buffer);
    for (auto _ : state) {
        for (std::int64_t at = 0; at < kFrames; at += segment) {
            auto const frames = std::min(segment, kFrames - at);
            benchmark::DoNotOptimize(quantiser->process(view.slice(0, frames)));
        }
    }
    report(state, kFrames, kRate_hz);
}

BENCHMARK(quantise)
    ->ArgNames({"cuda", "bits", "dither"})
    ->ArgsProduct({{0, 1}, {16, 24}, {0, 1, 2}})
    ->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
