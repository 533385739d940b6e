#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/cpu/overlap_save.hpp"
#include "kernels/regions/region_stage.hpp"

namespace stemlathe::cpu {

namespace {

struct Fade {
    void operator()(regions::CrossFade const& fade) const {
        for (auto n = fade.from; n < fade.to; ++n) {
            regions::fade(fade, n);
        }
    }
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_region(RegionSettings const& settings) {
    require_valid(settings);
    return std::make_unique<regions::RegionStage<InputQueue, OverlapSave, Fade>>(settings);
}

} // namespace stemlathe::cpu
