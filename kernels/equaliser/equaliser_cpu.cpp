#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/overlap_save.hpp"
#include "kernels/equaliser/equaliser_stage.hpp"

namespace stemlathe::cpu {

std::unique_ptr<Stage> CpuBackend::make_equaliser(EqualiserSettings const& settings) {
    return equaliser::make_stage<OverlapSave>(settings, Memory::host);
}

} // namespace stemlathe::cpu
