#include "kernels/base/chunk_queues.hpp"
#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/cpu/overlap_save.hpp"
#include "kernels/equaliser/key_follower_cpu.hpp"

#include <array>

namespace stemlathe::cpu {

namespace {

class DynamicBand final : public Stage {
  public:
    DynamicBand(dynamic_band::Plan const& plan, FirDesign const& filter)
        : filter_(filter.length, std::span<std::vector<float> const>(&filter.taps, 1)),
          follower_(plan) {}

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        auto const wet = filter_.process(inputs.front()).front();
        queues_.push(std::array{filter_.input(), wet, inputs.back()});
        return blend(queues_.ready());
    }

    [[nodiscard]] AudioView finish() override {
        auto const wet = filter_.finish().front();
        queues_.push(std::array{filter_.input(), wet, AudioView{}});
        return blend(queues_.rest());
    }

  private:
    AudioView blend(Chunks const& chunks) {
        reserve(output_, chunks.whole_frames());
        for (std::int64_t chunk = 0; chunk < chunks.count; ++chunk) {
            auto const first = chunk * kChunkFrames * kChannels;
            follower_.follow(queues_.samples(dynamic_band::kKey) + first, weights_.data());
            auto const* const dry = queues_.samples(dynamic_band::kDry) + first;
            auto const* const wet = queues_.samples(dynamic_band::kWet) + first;
            auto* const out = output_.samples() + first;
            for (std::size_t i = 0; i < kChunkFrames * kChannels; ++i) {
                out[i] = dynamic_band::blended(dry[i], wet[i], weights_[i / kChannels]);
            }
        }
        queues_.pop(chunks);
        return output_.view(chunks.frames, chunks.position);
    }

    OverlapSave filter_;
    KeyFollower follower_;
    ChunkQueues<InputQueue> queues_{dynamic_band::kQueues};
    AudioBuffer output_;
    alignas(64) std::array<float, kChunkFrames> weights_{};
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_dynamic_band(DynamicBandSettings const& settings) {
    auto const plan = dynamic_band::make_plan(settings);
    auto const filter = design_fir({.rate_hz = settings.rate_hz, .bands = {settings.band}});
    return std::make_unique<DynamicBand>(plan, filter);
}

} // namespace stemlathe::cpu
