#include "bench/support/fftw_convolution.hpp"
#include "bench/support/stage_bench.hpp"

namespace stemlathe::bench {

namespace {

/// Bands whose filters take the given length at 44.1 kHz: a lower and narrower bell needs more.
EqualiserSettings settings_for(std::int64_t length) {
    double const hz = 1.0e6 / static_cast<double>(length);
    return {
        .rate_hz = 44'100,
        .bands = {{.type = EqualiserType::bell, .hz = hz, .gain_db = 9.0, .q = 4.0, .points = {}}}};
}

void equalise(benchmark::State& state) {
    auto const backend = open_for(state);
    if (backend == nullptr) {
        return;
    }
    auto const settings = settings_for(state.range(1));
    auto const stage = backend->make_equaliser(settings);
    state.counters["length"] = design_fir(settings).length;
    run_stage(state, *backend, *stage, 1);
}

/// The rival: overlap-save of the same shape with FFTW.
void equalise_fftw(benchmark::State& state) {
    auto const length = state.range(0);
    FftwConvolution convolution{4 * length};
    auto const noise = test::white_noise({.frames = 4 * length});
    std::vector<float> out(static_cast<std::size_t>(3 * length * kChannels));
    constexpr std::int64_t kFrames = 180 * 44'100;
    for (auto _ : state) {
        for (std::int64_t at = 0; at < kFrames; at += 3 * length) {
            auto const* const filtered = convolution.filter(noise.data());
            std::copy_n(filtered + length, out.size(), out.begin());
            benchmark::DoNotOptimize(out.data());
        }
    }
    report(state, kFrames, 44'100);
}

void design(benchmark::State& state) {
    auto const settings = settings_for(state.range(0));
    for (auto _ : state) {
        benchmark::DoNotOptimize(design_fir(settings));
    }
}

BENCHMARK(equalise)
    ->ArgNames({"cuda", "length"})
    ->ArgsProduct({{0, 1}, {4'096, 16'384, 65'536}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(equalise_fftw)
    ->ArgName("length")
    ->Arg(4'096)
    ->Arg(16'384)
    ->Arg(65'536)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(design)->ArgName("length")->Arg(4'096)->Arg(65'536)->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
