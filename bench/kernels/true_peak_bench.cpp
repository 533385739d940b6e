#include "bench/support/each_backend.hpp"
#include "tests/support/signals.hpp"

#include <ebur128.h>

#include <algorithm>
#include <functional>

namespace stemlathe::bench {

namespace {

constexpr int kRate_hz = 44'100;
constexpr std::int64_t kFrames = 180LL * kRate_hz;

void measure(benchmark::State& state, test::Signal const& signal) {
    auto const backend = open_for(state);
    if (!backend) {
        return;
    }
    auto buffer = backend->make_buffer(kFrames);
    auto const song = backend->upload(signal, 0, buffer);
    auto const segment = backend->info().segment_frames;
    for (auto _ : state) {
        auto const meter =
            backend->make_true_peak_meter({.rate_hz = kRate_hz, .keep_screen = true});
        for (std::int64_t at = 0; at < kFrames; at += segment) {
            meter->process(song.slice(at, std::min(segment, kFrames - at)));
        }
        benchmark::DoNotOptimize(meter->finish());
    }
    report(state, kFrames, kRate_hz);
}

void true_peak_of_a_mix(benchmark::State& state) {
    measure(state, test::pink_noise({.frames = kFrames}));
}

/// Peaks everywhere at the ceiling, as in a loud master: the screen clears little.
void true_peak_of_a_loud_master(benchmark::State& state) {
    auto signal = test::pink_noise({.level_dbfs = -6.0, .frames = kFrames});
    std::ranges::transform(signal, signal.begin(), [](float value) {
        return std::clamp(value, -0.9F, 0.9F);
    });
    measure(state, signal);
}

/// The rival: 4x under 96 kHz, and integrated loudness, which it cannot leave out.
void true_peak_libebur128(benchmark::State& state) {
    auto const noise = test::pink_noise({.frames = kFrames});
    for (auto _ : state) {
        auto* meter = ebur128_init(2, kRate_hz, EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
        static_cast<void>(
            ebur128_add_frames_float(meter, noise.data(), static_cast<std::size_t>(kFrames))
        );
        double peak = 0.0;
        static_cast<void>(ebur128_true_peak(meter, 0, &peak));
        benchmark::DoNotOptimize(peak);
        ebur128_destroy(&meter);
    }
    report(state, kFrames, kRate_hz);
}

BENCHMARK(true_peak_of_a_mix)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(true_peak_of_a_loud_master)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(true_peak_libebur128)->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
