#include "bench/support/each_backend.hpp"
#include "bench/support/fftw_convolution.hpp"
#include "tests/support/fft_probe.hpp"
#include "tests/support/signals.hpp"

namespace stemlathe::bench {

namespace {

/// One block there, times a real response, and back.
void transform(benchmark::State& state, char const* isa) {
    auto const size = state.range(0);
    auto const probe = test::open_fft_probe(isa, size, {1.0F});
    if (probe == nullptr) {
        state.SkipWithError("this processor or this build does not have the instruction set");
        return;
    }
    auto const noise = test::white_noise({.frames = size});
    test::Signal result(noise.size());
    for (auto _ : state) {
        probe->convolve(noise.data(), result.data());
        benchmark::DoNotOptimize(result.data());
    }
    report(state, size, 44'100);
}

void transform_fftw(benchmark::State& state) {
    auto const size = state.range(0);
    FftwConvolution convolution{size};
    auto const noise = test::white_noise({.frames = size});
    for (auto _ : state) {
        benchmark::DoNotOptimize(convolution.filter(noise.data()));
    }
    report(state, size, 44'100);
}

constexpr std::int64_t kSmallest = 8'192;
constexpr std::int64_t kLargest = 262'144;

BENCHMARK_CAPTURE(transform, v3, "v3")->RangeMultiplier(2)->Range(kSmallest, kLargest);
BENCHMARK_CAPTURE(transform, v4, "v4")->RangeMultiplier(2)->Range(kSmallest, kLargest);
BENCHMARK(transform_fftw)->RangeMultiplier(2)->Range(kSmallest, kLargest);

} // namespace

} // namespace stemlathe::bench
