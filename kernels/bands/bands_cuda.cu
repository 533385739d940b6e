#include "kernels/bands/band_split_stage.hpp"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/overlap_save.cuh"

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

class Remainder {
  public:
    [[nodiscard]] AudioView of(AudioView input, std::span<AudioView const> bands) {
        Filtered filtered;
        for (auto const& band : bands) {
            filtered.samples[filtered.count++] = band.samples;
        }
        reserve(rest_, input.frames);
        auto const values = input.frames * kChannels;
        launch(remainder_kernel, values, input.samples, filtered, values, rest_.samples());
        return rest_.view(input.frames, input.position);
    }

  private:
    AudioBuffer rest_;
};

} // namespace

std::unique_ptr<SplitStage> CudaBackend::make_band_split(BandSplitSettings const& settings) {
    // At most kMostFiltered filters.
    return std::make_unique<bands::BandSplitStage<OverlapSave, Remainder>>(design_bands(settings));
}

} // namespace stemlathe::cuda
