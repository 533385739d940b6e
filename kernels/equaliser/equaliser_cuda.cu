#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/overlap_save.cuh"
#include "kernels/equaliser/equaliser_stage.hpp"

namespace stemlathe::cuda {

std::unique_ptr<Stage> CudaBackend::make_equaliser(EqualiserSettings const& settings) {
    return equaliser::make_stage<OverlapSave>(settings, Memory::device);
}

} // namespace stemlathe::cuda
