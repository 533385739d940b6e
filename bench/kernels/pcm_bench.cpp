#include "bench/support/each_backend.hpp"
#include "tests/support/signals.hpp"

#include <vector>

namespace stemlathe::bench {

namespace {

constexpr int kRate_hz = 44'100;
constexpr std::int64_t kFrames = 180 * kRate_hz;

/// Second argument: the format's number in SampleFormat.
void unpack(benchmark::State& state) {
    auto const backend = open_for(state);
    if (backend == nullptr) {
        return;
    }
    auto const format = static_cast<SampleFormat>(state.range(1));
    auto const frame_bytes = kChannels * bytes_per_sample(format);
    std::vector<std::byte> const bytes(static_cast<std::size_t>(kFrames * frame_bytes));
    auto const unpacker = backend->make_unpacker({.format = format, .channels = kChannels});
    auto const segment = backend->info().segment_frames;
    for (auto _ : state) {
        for (std::int64_t at = 0; at < kFrames; at += segment) {
            auto const frames = std::min(segment, kFrames - at);
            auto const part = std::span{bytes}.subspan(
                static_cast<std::size_t>(at * frame_bytes),
                static_cast<std::size_t>(frames * frame_bytes)
            );
            benchmark::DoNotOptimize(unpacker->process({.bytes = part, .frames = frames}));
        }
    }
    report(state, kFrames, kRate_hz);
    state.SetBytesProcessed(state.iterations() * kFrames * frame_bytes);
}

BENCHMARK(unpack)
    ->ArgNames({"cuda", "format"})
    ->ArgsProduct({{0, 1}, {0, 1, 2, 3, 4}})
    ->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
