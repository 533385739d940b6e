#include "bench/support/each_backend.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/signals.hpp"

#include <ebur128.h>

#include <span>

namespace stemlathe::bench {

namespace {

constexpr int kRate_hz = 44'100;
constexpr std::int64_t kFrames = 180LL * kRate_hz;

/// Feeds a song from the backend's memory, in segments of the backend's own size.
template <typename Make>
void measure(benchmark::State& state, Make make) {
    auto const backend = open_for(state);
    if (!backend) {
        return;
    }
    auto const noise = test::pink_noise({.frames = kFrames});
    auto buffer = backend->make_buffer(kFrames);
    auto const song = backend->upload(noise, 0, buffer);
    auto const segment = backend->info().segment_frames;
    for (auto _ : state) {
        auto const meter = make(*backend);
        for (std::int64_t at = 0; at < kFrames; at += segment) {
            meter->process(song.slice(at, std::min(segment, kFrames - at)));
        }
        benchmark::DoNotOptimize(meter->finish());
    }
    report(state, kFrames, kRate_hz);
}

void energies_k(benchmark::State& state) {
    measure(state, [](Backend& backend) {
        return backend.make_energy_meter({.rate_hz = kRate_hz});
    });
}

void energies_k_per_channel(benchmark::State& state) {
    measure(state, [](Backend& backend) {
        return backend.make_energy_meter({.rate_hz = kRate_hz, .per_channel = true});
    });
}

void energies_flat(benchmark::State& state) {
    measure(state, [](Backend& backend) {
        return backend.make_energy_meter({.rate_hz = kRate_hz, .weighting = Weighting::flat});
    });
}

/// The rival: what libebur128 needs for the integrated loudness alone.
void energies_libebur128(benchmark::State& state) {
    auto const noise = test::pink_noise({.frames = kFrames});
    for (auto _ : state) {
        auto* meter = ebur128_init(2, kRate_hz, EBUR128_MODE_I);
        static_cast<void>(
            ebur128_add_frames_float(meter, noise.data(), static_cast<std::size_t>(kFrames))
        );
        double integrated = 0.0;
        static_cast<void>(ebur128_loudness_global(meter, &integrated));
        benchmark::DoNotOptimize(integrated);
        ebur128_destroy(&meter);
    }
    report(state, kFrames, kRate_hz);
}

BENCHMARK(energies_k)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(energies_k_per_channel)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(energies_flat)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(energies_libebur128)->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
