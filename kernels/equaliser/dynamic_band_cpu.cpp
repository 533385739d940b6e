#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/cpu/overlap_save.hpp"
#include "kernels/equaliser/dynamic_band_stage.hpp"
#include "kernels/equaliser/key_follower_cpu.hpp"

namespace stemlathe::cpu {

namespace {

class Blender {
  public:
    explicit Blender(dynamic_band::Plan const& plan) : follower_(plan) {}

    [[nodiscard]] AudioView blend(dynamic_band::Sources const& sources, Chunks const& chunks) {
        reserve(output_, chunks.whole_frames());
        for (std::int64_t chunk = 0; chunk < chunks.count; ++chunk) {
            auto const first = chunk * kChunkFrames * kChannels;
            follower_.follow(sources.key + first, weights_.data());
            auto const* const dry = sources.dry + first;
            auto const* const wet = sources.wet + first;
            auto* const out = output_.samples() + first;
            for (std::size_t i = 0; i < kChunkFrames * kChannels; ++i) {
                out[i] = dynamic_band::blended(dry[i], wet[i], weights_[i / kChannels]);
            }
        }
        return output_.view(chunks.frames, chunks.position);
    }

  private:
    KeyFollower follower_;
    AudioBuffer output_;
    alignas(64) std::array<float, kChunkFrames> weights_{};
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_dynamic_band(DynamicBandSettings const& settings) {
    return dynamic_band::make_stage<InputQueue, OverlapSave, Blender>(settings);
}

} // namespace stemlathe::cpu
