#include "kernels/base/failure.hpp"
#include "kernels/cpu/cpu_backend.hpp"

namespace stemlathe::cpu {

std::unique_ptr<Quantiser> CpuBackend::make_quantiser(QuantiseSettings const&) {
    throw Failure{Code::internal, "unfinished"};
}

} // namespace stemlathe::cpu
