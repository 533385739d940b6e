#include "bench/support/each_backend.hpp"
#include "tests/support/signals.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace stemlathe::bench {

namespace {

constexpr int kRate_hz = 44'100;
constexpr int kStems = 5;
constexpr std::int64_t kHops = 180LL * kRate_hz / 512;
constexpr std::int64_t kSegmentHops = 256; ///< as many different ones, given again and again

/// Spectra of pink noise, each stem 3 dB softer than the one before it.
class Stems {
  public:
    Stems(Backend& backend, double level_dbfs) {
        for (int stem = 0; stem < kStems; ++stem) {
            AudioBuffer buffer;
            auto const noise = test::pink_noise(
                {.level_dbfs = level_dbfs - 3.0 * stem,
                 .frames = (kSegmentHops + 8) * 512,
                 .seed = static_cast<std::uint64_t>(stem + 1)}
            );
            stages_.push_back(backend.make_spectrum({.rate_hz = kRate_hz}));
            auto const all = stages_.back()->process(backend.upload(noise, 0, buffer));
            spectra_.push_back(all.slice(0, kSegmentHops));
        }
    }

    [[nodiscard]] std::vector<SpectrumView> const& spectra() const noexcept {
        return spectra_;
    }

  private:
    std::vector<std::unique_ptr<SpectrumStage>> stages_;
    std::vector<SpectrumView> spectra_;
};

/// @param state  range 1: level of the loudest stem, dBFS
void excitation(benchmark::State& state) {
    auto const backend = open_for(state);
    if (!backend) {
        return;
    }
    Stems const stems{*backend, static_cast<double>(state.range(1))};
    auto const stage = backend->make_excitation({.rate_hz = kRate_hz, .stems = kStems});
    float last[kChannels] = {}; // fetched, so that a card's work is done when time is taken
    for (auto _ : state) {
        ExcitationView view;
        for (std::int64_t hop = 0; hop < kHops; hop += kSegmentHops) {
            view = stage->process(stems.spectra());
        }
        backend->download(view.as_frames().slice(0, 1), last);
        benchmark::DoNotOptimize(last);
    }
    report(state, (kHops + kSegmentHops - 1) / kSegmentHops * kSegmentHops * 512, kRate_hz);
}

// Loud filters are wide: at 95 dB SPL every line of the bass reaches every filter above it.
BENCHMARK(excitation)
    ->Args({0, -12})
    ->Args({0, -30})
    ->Args({0, -50})
    ->Args({1, -12})
    ->Unit(benchmark::kMillisecond);

} // namespace

} // namespace stemlathe::bench
