#include "bench/support/fftw_convolution.hpp"
#include "bench/support/stage_bench.hpp"

namespace stemlathe::bench {

namespace {

constexpr int kRate_hz = 44'100;
constexpr std::int64_t kFrames = 180 * kRate_hz;

BandSplitSettings four_bands() {
    return {.rate_hz = kRate_hz, .crossovers_hz = {120.0, 800.0, 4'500.0}};
}

void split(benchmark::State& state) {
    auto const backend = open_for(state);
    if (backend == nullptr) {
        return;
    }
    auto const stage = backend->make_band_split(four_bands());
    auto const segment = backend->info().segment_frames;
    AudioBuffer buffer;
    auto const input = backend->upload(test::white_noise({.frames = segment}), 0, buffer);
    float last[kChannels] = {}; // fetched, so that a card's work is done when time is taken
    for (auto _ : state) {
        for (std::int64_t at = 0; at < kFrames; at += segment) {
            auto const bands = stage->process(AudioView{input.samples, segment, at, input.memory});
            if (bands.back().frames > 0) {
                backend->download(bands.back().slice(0, 1), last);
            }
        }
        benchmark::DoNotOptimize(last);
    }
    report(state, (kFrames + segment - 1) / segment * segment, kRate_hz);
}

/// The rival: one whole overlap-save with FFTW for each of the three filters.
void split_fftw(benchmark::State& state) {
    std::int64_t const length = design_bands(four_bands()).length;
    FftwConvolution convolution{4 * length};
    auto const noise = test::white_noise({.frames = 4 * length});
    std::vector<float> out(static_cast<std::size_t>(3 * length * kChannels));
    for (auto _ : state) {
        for (std::int64_t at = 0; at < kFrames; at += 3 * length) {
            for (std::size_t band = 0; band < four_bands().crossovers_hz.size(); ++band) {
                auto const* const filtered = convolution.filter(noise.data());
                std::copy_n(filtered + length, out.size(), out.begin());
                benchmark::DoNotOptimize(out.data());
            }
        }
    }
    report(state, kFrames, kRate_hz);
}

BENCHMARK(split)->ArgName("cuda")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(split_fftw)->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
