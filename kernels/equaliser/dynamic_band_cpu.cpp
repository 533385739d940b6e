#include "kernels/cpu/cpu_backend.hpp"
#include "kernels/cpu/input_queue.hpp"
#include "kernels/cpu/overlap_save.hpp"
#include "kernels/equaliser/key_follower_cpu.hpp"

#include <algorithm>

namespace stemlathe::cpu {

namespace {

class DynamicBand final : public Stage {
  public:
    DynamicBand(dynamic_band::Plan const& plan, FirDesign const& filter)
        : filter_(filter.length, std::span<std::vector<float> const>(&filter.taps, 1)),
          follower_(plan) {}

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        key_.push(inputs.back());
        wet_.push(filter_.process(inputs.front()).front());
        dry_.push(filter_.input());
        auto const chunks = std::min(dry_.frames(), key_.frames()) / kChunkFrames;
        return blend(chunks, chunks * kChunkFrames);
    }

    [[nodiscard]] AudioView finish() override {
        wet_.push(filter_.finish().front());
        dry_.push(filter_.input());
        auto const frames = dry_.frames();
        auto const chunks = (frames + kChunkFrames - 1) / kChunkFrames;
        for (auto* const queue : {&wet_, &dry_, &key_}) { // a key that ended is silence
            queue->push_zeros(std::max<std::int64_t>(chunks * kChunkFrames - queue->frames(), 0));
        }
        return blend(chunks, frames);
    }

  private:
    /// Blends `chunks` and gives away the first `frames` of them.
    AudioView blend(std::int64_t chunks, std::int64_t frames) {
        reserve(output_, chunks * kChunkFrames);
        for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
            auto const first = chunk * kChunkFrames * kChannels;
            follower_.follow(key_.pending().samples + first, weights_.data());
            auto const* const dry = dry_.pending().samples + first;
            auto const* const wet = wet_.pending().samples + first;
            auto* const out = output_.samples() + first;
            for (std::size_t i = 0; i < kChunkFrames * kChannels; ++i) {
                out[i] = dynamic_band::blended(dry[i], wet[i], weights_[i / kChannels]);
            }
        }
        for (auto* const queue : {&wet_, &dry_, &key_}) {
            queue->pop(chunks * kChunkFrames);
        }
        auto const position = frames_out_;
        frames_out_ += frames;
        return output_.view(frames, position);
    }

    OverlapSave filter_;
    KeyFollower follower_;
    InputQueue wet_;
    InputQueue dry_;
    InputQueue key_;
    AudioBuffer output_;
    std::int64_t frames_out_ = 0;
    alignas(64) std::array<float, kChunkFrames> weights_{};
};

} // namespace

std::unique_ptr<Stage> CpuBackend::make_dynamic_band(DynamicBandSettings const& settings) {
    auto const plan = dynamic_band::make_plan(settings);
    auto const filter = design_fir({.rate_hz = settings.rate_hz, .bands = {settings.band}});
    return std::make_unique<DynamicBand>(plan, filter);
}

} // namespace stemlathe::cpu
