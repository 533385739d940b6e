// Members that are still to be written, so that the module links. When your .cu file with the real
// member lands: delete its line here, add the file to sources.cmake. This file must be gone at the
// end.
#include "kernels/base/failure.hpp"
#include "kernels/cuda/cuda_backend.cuh"

namespace stemlathe::cuda {

#define STEMLATHE_UNFINISHED                                                                       \
    { throw Failure{Code::internal, "unfinished"}; }

// clang-format off
// helper "cuda"
std::unique_ptr<Stage> CudaBackend::make_dynamic_band(DynamicBandSettings const&) STEMLATHE_UNFINISHED
// clang-format on

} // namespace stemlathe::cuda
