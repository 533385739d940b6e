#include "kernels/bands/bands.hpp"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/overlap_save.cuh"

#include <algorithm>
#include <memory>

namespace stemlathe::cuda {

namespace {

constexpr int kMostFiltered = 7; ///< bands that come out of the filter: one per crossover

/// Where the filtered bands lie; goes to the kernel by value.
struct Filtered {
    float const* samples[kMostFiltered] = {};
    int count = 0;
};

/// What is missing from the filtered bands to the input, subtracted in the same order as on the
/// CPU.
__global__ void
remainder_kernel(float const* input, Filtered filtered, std::int64_t values, float* into) {
    for (auto i = first_index(); i < values; i += grid_size()) {
        float rest = input[i];
        for (int band = 0; band < filtered.count; ++band) {
            rest -= filtered.samples[band][i];
        }
        into[i] = rest;
    }
}

/// All bands but the last come out of the filter; the last is what is missing to the input, so the
/// bands sum to it but for rounding.
class BandSplit final : public SplitStage {
  public:
    explicit BandSplit(BandFilters const& filters)
        : filter_(filters.length, filters.taps), bands_(filters.taps.size() + 1) {}

    [[nodiscard]] std::span<AudioView const> process(AudioView input) override {
        return with_last(filter_.process(input));
    }

    [[nodiscard]] std::span<AudioView const> finish() override {
        return with_last(filter_.finish());
    }

  private:
    std::span<AudioView const> with_last(std::span<AudioView const> filtered) {
        Filtered places;
        for (auto const& band : filtered) {
            places.samples[places.count++] = band.samples;
        }
        std::ranges::copy(filtered, bands_.begin());
        auto const input = filter_.input();
        reserve(last_, input.frames);
        auto const values = input.frames * kChannels;
        launch(remainder_kernel, values, input.samples, places, values, last_.samples());
        bands_.back() = last_.view(input.frames, input.position);
        return bands_;
    }

    OverlapSave filter_;
    AudioBuffer last_;
    std::vector<AudioView> bands_;
};

} // namespace

std::unique_ptr<SplitStage> CudaBackend::make_band_split(BandSplitSettings const& settings) {
    return std::make_unique<BandSplit>(design_bands(settings)); // at most kMostFiltered filters
}

} // namespace stemlathe::cuda
