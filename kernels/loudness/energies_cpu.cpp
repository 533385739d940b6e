#include "kernels/base/failure.hpp"
#include "kernels/cpu/cpu_backend.hpp"

namespace stemlathe::cpu {

std::unique_ptr<EnergyMeter> CpuBackend::make_energy_meter(EnergySettings const&) {
    throw Failure{Code::internal, "unfinished"};
}

} // namespace stemlathe::cpu
