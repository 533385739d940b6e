#include "kernels/base/failure.hpp"
#include "kernels/cpu/cpu_backend.hpp"

namespace stemlathe::cpu {

std::unique_ptr<Stage> CpuBackend::make_resampler(ResampleSettings const&) {
    throw Failure{Code::internal, "unfinished"};
}

} // namespace stemlathe::cpu
