#include "bench/support/each_backend.hpp"
#include "bench/support/stage_bench.hpp"

#include <soxr.h>

namespace stemlathe::bench {

namespace {

constexpr int kSeconds = 60;

void resample(benchmark::State& state) {
    auto const backend = open_for(state);
    if (backend == nullptr) {
        return;
    }
    auto const from_hz = static_cast<int>(state.range(1));
    auto const stage =
        backend->make_resampler({.from_hz = from_hz, .to_hz = static_cast<int>(state.range(2))});
    run_stage(state, *backend, *stage, 1, from_hz, kSeconds);
}

/// The rival: libsoxr at its very high quality, one thread, float32 in and out, segments alike.
void resample_soxr(benchmark::State& state) {
    auto const from_hz = static_cast<int>(state.range(0));
    auto const to_hz = static_cast<int>(state.range(1));
    auto const io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    auto const quality = soxr_quality_spec(SOXR_VHQ, 0);
    auto const threads = soxr_runtime_spec(1);
    constexpr std::size_t kSegment = 32'768;
    auto const noise = test::white_noise({.frames = kSegment});
    std::vector<float> out(2 * 5 * kSegment);
    auto const frames = static_cast<std::size_t>(kSeconds) * static_cast<std::size_t>(from_hz);
    for (auto _ : state) {
        auto* const converter =
            soxr_create(from_hz, to_hz, kChannels, nullptr, &io, &quality, &threads);
        for (std::size_t at = 0; at < frames; at += kSegment) {
            std::size_t done = 0;
            soxr_process(
                converter,
                noise.data(),
                std::min(kSegment, frames - at),
                nullptr,
                out.data(),
                out.size() / 2,
                &done
            );
            benchmark::DoNotOptimize(done);
        }
        soxr_delete(converter);
    }
    report(state, static_cast<std::int64_t>(frames), from_hz);
}

BENCHMARK(resample)
    ->ArgNames({"cuda", "from", "to"})
    ->ArgsProduct({{0, 1}, {44'100}, {48'000, 96'000}})
    ->ArgsProduct({{0, 1}, {96'000}, {44'100, 48'000}})
    ->ArgsProduct({{0, 1}, {48'000}, {44'100, 47'999}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(resample_soxr)
    ->ArgNames({"from", "to"})
    ->Args({44'100, 48'000})
    ->Args({44'100, 96'000})
    ->Args({96'000, 44'100})
    ->Args({96'000, 48'000})
    ->Args({48'000, 44'100})
    ->Args({48'000, 47'999})
    ->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
