#include "kernels/base/failure.hpp"
#include "kernels/cpu/cpu_backend.hpp"

namespace stemlathe::cpu {

std::unique_ptr<SplitStage> CpuBackend::make_band_split(BandSplitSettings const&) {
    throw Failure{Code::internal, "unfinished"};
}

} // namespace stemlathe::cpu
