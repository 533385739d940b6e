#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/input_queue.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/overlap_save.cuh"
#include "kernels/regions/region_stage.hpp"

namespace stemlathe::cuda {

namespace {

__global__ void fade_kernel(regions::CrossFade fade) {
    for (auto n = fade.from + first_index(); n < fade.to; n += grid_size()) {
        regions::fade(fade, n);
    }
}

struct Fade {
    void operator()(regions::CrossFade const& fade) const {
        launch(fade_kernel, fade.to - fade.from, fade);
    }
};

} // namespace

std::unique_ptr<Stage> CudaBackend::make_region(RegionSettings const& settings) {
    require_valid(settings);
    return std::make_unique<regions::RegionStage<DeviceQueue, OverlapSave, Fade>>(settings);
}

} // namespace stemlathe::cuda
