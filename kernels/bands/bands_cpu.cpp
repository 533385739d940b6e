#include "kernels/bands/band_split_stage.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/overlap_save.hpp"

#include <algorithm>

namespace stemlathe::cpu {

namespace {

class Remainder {
  public:
    [[nodiscard]] AudioView of(AudioView input, std::span<AudioView const> filtered) {
        reserve(rest_, input.frames);
        auto const count = input.values().size();
        float* const rest = rest_.samples();
        std::ranges::copy(input.values(), rest);
        for (auto const& band : filtered) {
            float const* const samples = band.samples;
            for (std::size_t i = 0; i < count; ++i) {
                rest[i] -= samples[i];
            }
        }
        return rest_.view(input.frames, input.position);
    }

  private:
    AudioBuffer rest_;
};

} // namespace

std::unique_ptr<SplitStage> CpuBackend::make_band_split(BandSplitSettings const& settings) {
    return std::make_unique<bands::BandSplitStage<OverlapSave, Remainder>>(design_bands(settings));
}

} // namespace stemlathe::cpu
