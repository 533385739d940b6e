#include "bench/support/each_backend.hpp"
#include "tests/support/signals.hpp"

#include <fftw3.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

namespace stemlathe::bench {

namespace {

constexpr int kRate_hz = 48'000;
constexpr std::int64_t kFrames = 180LL * kRate_hz;
constexpr std::int64_t kHopFrames = 512;

void spectrum(benchmark::State& state) {
    auto const backend = open_for(state);
    if (!backend) {
        return;
    }
    auto const segment = std::min(backend->info().segment_frames, kFrames);
    AudioBuffer buffer;
    auto const part = backend->upload(test::pink_noise({.frames = segment}), 0, buffer);
    float last[kChannels] = {}; // fetched, so that a card's work is done when time is taken
    for (auto _ : state) {
        auto const stage = backend->make_spectrum({.rate_hz = kRate_hz});
        for (std::int64_t at = 0; at < kFrames; at += segment) {
            auto const frames = std::min(segment, kFrames - at);
            benchmark::DoNotOptimize(stage->process({part.samples, frames, at, part.memory}).powers
            );
        }
        backend->download(stage->finish().as_frames().slice(0, 1), last);
        benchmark::DoNotOptimize(last);
    }
    report(state, kFrames, kRate_hz);
}

/// One window of one size: FFTW's real transform of each ear by itself, and the powers of the bins
/// that are wanted.
class FftwWindow {
  public:
    FftwWindow(std::size_t size, std::size_t first_bin, std::size_t end_bin)
        : window_(size),
          first_bin_(first_bin),
          end_bin_(end_bin),
          frames_(fftwf_alloc_real(size)),
          bins_(fftwf_alloc_complex(size / 2 + 1)),
          plan_(fftwf_plan_dft_r2c_1d(
              static_cast<int>(size), frames_.get(), bins_.get(), FFTW_MEASURE
          )) {
        for (std::size_t n = 0; n < size; ++n) {
            double const turn = static_cast<double>(n) / static_cast<double>(size);
            window_[n] = static_cast<float>(0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * turn));
        }
    }

    [[nodiscard]] std::size_t size() const noexcept {
        return window_.size();
    }

    /// Adds the powers of one ear's bins to `powers`; `samples` are interleaved.
    void add_powers(float const* samples, float* powers) const {
        for (std::size_t n = 0; n < window_.size(); ++n) {
            frames_.get()[n] = samples[kChannels * n] * window_[n];
        }
        fftwf_execute(plan_.get());
        for (auto k = first_bin_; k < end_bin_; ++k) {
            auto const& bin = bins_.get()[k];
            powers[k] += bin[0] * bin[0] + bin[1] * bin[1];
        }
    }

  private:
    struct Free {
        void operator()(void* memory) const noexcept {
            fftwf_free(memory);
        }

        void operator()(fftwf_plan_s* plan) const noexcept {
            fftwf_destroy_plan(plan);
        }
    };

    std::vector<float> window_;
    std::size_t first_bin_;
    std::size_t end_bin_;
    std::unique_ptr<float, Free> frames_;
    std::unique_ptr<fftwf_complex, Free> bins_;
    std::unique_ptr<fftwf_plan_s, Free> plan_;
};

/// The rival: the same windows at the same places, without lines.
void spectrum_fftw(benchmark::State& state) {
    std::array<FftwWindow, 4> const windows{
        FftwWindow{4096, 2, 44},
        FftwWindow{2048, 19, 54},
        FftwWindow{1024, 24, 88},
        FftwWindow{512, 41, 160}};
    constexpr std::int64_t kBlockFrames = 32'768; // as in the backend: what stays in the cache
    constexpr std::int64_t kReachFrames = 2048;
    auto const noise = test::pink_noise({.frames = kBlockFrames + 2 * kReachFrames});
    std::array<float, 2048> powers{};
    auto const add = [&](FftwWindow const& window, std::int64_t centre) {
        auto const first = centre - static_cast<std::int64_t>(window.size()) / 2;
        for (std::int64_t ear = 0; ear < kChannels; ++ear) {
            window.add_powers(noise.data() + kChannels * first + ear, powers.data());
        }
    };
    for (auto _ : state) {
        for (std::int64_t hop = 0; hop < kFrames / kHopFrames; ++hop) {
            auto const centre = kReachFrames + hop * kHopFrames % kBlockFrames;
            for (std::size_t i = 0; i + 1 < windows.size(); ++i) {
                add(windows[i], centre);
            }
            add(windows.back(), centre - kHopFrames / 4);
            add(windows.back(), centre + kHopFrames / 4);
        }
        benchmark::DoNotOptimize(powers.data());
    }
    report(state, kFrames, kRate_hz);
}

BENCHMARK(spectrum)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(spectrum_fftw)->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
