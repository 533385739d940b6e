#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/cpu/overlap_save.hpp"
#include "kernels/regions/region_stage.hpp"

namespace stemlathe::cpu {

namespace {

struct CrossFade {
    void operator()(
        std::int64_t from,
        std::int64_t to,
        regions::Range const& range,
        float gain,
        AudioView wet,
        AudioView dry
    ) const {
        for (auto n = from; n < to; ++n) {
            float const weight = regions::weight(n, range);
            for (int channel = 0; channel < kChannels; ++channel) {
                float& frame = dry.samples[(n - dry.position) * kChannels + channel];
                float const other = wet.samples[(n - wet.position) * kChannels + channel];
                frame = regions::blend(frame, gain * other, weight);
            }
        }
    }
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_region(RegionSettings const& settings) {
    require_valid(settings);
    return std::make_unique<regions::RegionStage<InputQueue, OverlapSave, CrossFade>>(settings);
}

} // namespace stemlathe::cpu
