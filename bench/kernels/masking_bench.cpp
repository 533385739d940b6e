#include "bench/support/each_backend.hpp"
#include "tests/support/signals.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

namespace stemlathe::bench {

namespace {

constexpr int kRate_hz = 44'100;
constexpr std::int64_t kHops = 180LL * kRate_hz / 512;
constexpr std::int64_t kSegmentHops = 256; ///< as many different ones, given again and again

/// @param state  range 1: how many stems
void masking(benchmark::State& state) {
    auto const backend = open_for(state);
    if (!backend) {
        return;
    }
    auto const stems = state.range(1);
    auto const bands = static_cast<std::int64_t>(excitation_bands_hz({.rate_hz = kRate_hz}).size());
    std::vector<float> powers(static_cast<std::size_t>(kSegmentHops * stems * kChannels * bands));
    for (std::size_t i = 0; i < powers.size(); ++i) {
        powers[i] = static_cast<float>(std::pow(10.0, 8.0 * test::uniform(1, i)));
    }
    AudioBuffer buffer;
    auto const input = backend->upload(powers, 0, buffer);
    auto const stage =
        backend->make_masking({.rate_hz = kRate_hz, .stems = static_cast<int>(stems)});
    float last[kChannels] = {}; // fetched, so that a card's work is done when time is taken
    std::int64_t hop = 0;
    for (auto _ : state) {
        MaskingView view;
        auto const end = hop + kHops;
        for (; hop < end; hop += kSegmentHops) {
            view = stage->process(
                {.powers = input.samples,
                 .hops = kSegmentHops,
                 .stems = stems,
                 .bands = bands,
                 .position = hop,
                 .memory = input.memory}
            );
        }
        backend->download(view.as_frames().slice(0, 1), last);
        benchmark::DoNotOptimize(last);
    }
    report(state, (kHops + kSegmentHops - 1) / kSegmentHops * kSegmentHops * 512, kRate_hz);
}

BENCHMARK(masking)->Args({0, 5})->Args({0, 64})->Args({1, 5})->Args({1, 64})->Unit(
    benchmark::kMillisecond
);

} // namespace

} // namespace stemlathe::bench
