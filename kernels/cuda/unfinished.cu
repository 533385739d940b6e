// Members that are still to be written, so that the module links. When your .cu file with the real
// member lands: delete its line here, add the file to sources.cmake. This file must be gone at the
// end.
#include "kernels/base/failure.hpp"
#include "kernels/cuda/cuda_backend.cuh"

namespace stemlathe::cuda {

#define STEMLATHE_UNFINISHED                                                                       \
    { throw Failure{Code::internal, "unfinished"}; }

// clang-format off
// helper "stream"
std::unique_ptr<EnergyMeter> CudaBackend::make_energy_meter(EnergySettings const&) STEMLATHE_UNFINISHED
std::unique_ptr<TruePeakMeter> CudaBackend::make_true_peak_meter(TruePeakSettings const&) STEMLATHE_UNFINISHED
// helper "cuda"
std::unique_ptr<Stage> CudaBackend::make_dynamic_band(DynamicBandSettings const&) STEMLATHE_UNFINISHED
// clang-format on

} // namespace stemlathe::cuda
