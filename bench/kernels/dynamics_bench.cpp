#include "bench/support/each_backend.hpp"
#include "tests/support/signals.hpp"

namespace stemlathe::bench {

namespace {

constexpr int kRate_hz = 44'100;
constexpr std::int64_t kSegmentFrames = 32'768;

void compress(benchmark::State& state, DynamicsSettings const& settings) {
    auto const backend = open_for(state);
    if (backend == nullptr) {
        return;
    }
    auto const signal = test::bursts({.frames = kSegmentFrames});
    auto const segment_frames = std::max(kSegmentFrames, backend->info().segment_frames);
    std::vector<float> long_signal;
    while (static_cast<std::int64_t>(long_signal.size()) < segment_frames * kChannels) {
        long_signal.insert(long_signal.end(), signal.begin(), signal.end());
    }
    AudioBuffer buffer;
    auto const segment = backend->upload(long_signal, 0, buffer);
    auto const stage = backend->make_dynamics(settings);
    std::vector<float> last(kChannels);
    for (auto _ : state) {
        auto const out = stage->process(segment);
        backend->download(out.slice(out.frames - 1, 1), last); // waits for a card
        benchmark::DoNotOptimize(last.data());
    }
    report(state, segment.frames, kRate_hz);
}

DynamicsSettings bus_band() {
    return {.rate_hz = kRate_hz, .threshold_db = -24.0, .ratio = 2.0};
}

void rms_linked(benchmark::State& state) {
    compress(state, bus_band());
}

void rms_partly_linked(benchmark::State& state) {
    auto settings = bus_band();
    settings.link = 0.8;
    compress(state, settings);
}

void peak_linked(benchmark::State& state) {
    auto settings = bus_band();
    settings.detector = Detector::peak;
    compress(state, settings);
}

void branching(benchmark::State& state) {
    auto settings = bus_band();
    settings.ballistics = Ballistics::branching;
    compress(state, settings);
}

BENCHMARK(rms_linked)->Name("dynamics/rms")->Arg(0)->Arg(1);
BENCHMARK(rms_partly_linked)->Name("dynamics/rms_link_80_percent")->Arg(0)->Arg(1);
BENCHMARK(peak_linked)->Name("dynamics/peak")->Arg(0)->Arg(1);
BENCHMARK(branching)->Name("dynamics/rms_branching")->Arg(0)->Arg(1);

} // namespace

} // namespace stemlathe::bench
