#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/input_queue.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/overlap_save.cuh"
#include "kernels/regions/region_stage.hpp"

namespace stemlathe::cuda {

namespace {

/// Cross-fades frames [from, to) of the song to `wet`, which may be `dry`.
__global__ void mix_kernel(
    std::int64_t from,
    std::int64_t to,
    regions::Range range,
    float gain,
    AudioView wet,
    AudioView dry
) {
    for (auto n = from + first_index(); n < to; n += grid_size()) {
        float const weight = regions::weight(n, range);
        for (int channel = 0; channel < kChannels; ++channel) {
            float& frame = dry.samples[(n - dry.position) * kChannels + channel];
            float const other = wet.samples[(n - wet.position) * kChannels + channel];
            frame = regions::blend(frame, gain * other, weight);
        }
    }
}

struct CrossFade {
    void operator()(
        std::int64_t from,
        std::int64_t to,
        regions::Range const& range,
        float gain,
        AudioView wet,
        AudioView dry
    ) const {
        launch(mix_kernel, to - from, from, to, range, gain, wet, dry);
    }
};

} // namespace

std::unique_ptr<Stage> CudaBackend::make_region(RegionSettings const& settings) {
    require_valid(settings);
    return std::make_unique<regions::RegionStage<DeviceQueue, OverlapSave, CrossFade>>(settings);
}

} // namespace stemlathe::cuda
