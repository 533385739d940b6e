#pragma once

#include "kernels/base/chunk_queues.hpp"
#include "kernels/base/stage.hpp"
#include "kernels/equaliser/dynamic_band_math.hpp"

#include <array>
#include <memory>
#include <span>
#include <vector>

namespace stemlathe::dynamic_band {

/// Where whole chunks of what a dynamic band works with begin.
struct Sources {
    float const* dry = nullptr;
    float const* wet = nullptr;
    float const* key = nullptr;
};

/// The filter of a dynamic band, and what waits for it or for the key; the same for both drivers.
/// @tparam Queue  the driver's queue of one input
/// @tparam OverlapSave  its filter
/// @tparam Blender  made from a Plan; has AudioView blend(Sources, Chunks): the chunks' frames,
/// blended as the key asks for, valid until the next call. It is given all chunks in order.
template <typename Queue, typename OverlapSave, typename Blender>
class DynamicBandStage final : public Stage {
  public:
    DynamicBandStage(Plan const& plan, FirDesign const& filter)
        : filter_(filter.length, {&filter.taps, 1}), blender_(plan) {}

    using Stage::process;

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
        auto const output = blender_.blend(
            {.dry = queues_.samples(0), .wet = queues_.samples(1), .key = queues_.samples(2)},
            chunks
        );
        queues_.pop(chunks);
        return output;
    }

    OverlapSave filter_;
    ChunkQueues<Queue> queues_{3}; ///< dry, wet, key
    Blender blender_;
};

/// @throws Failure{invalid_plan} a value is out of range; {out_of_memory}
template <typename Queue, typename OverlapSave, typename Blender>
[[nodiscard]] std::unique_ptr<Stage> make_stage(DynamicBandSettings const& settings) {
    auto const plan = make_plan(settings);
    auto const filter = design_fir({.rate_hz = settings.rate_hz, .bands = {settings.band}});
    return std::make_unique<DynamicBandStage<Queue, OverlapSave, Blender>>(plan, filter);
}

} // namespace stemlathe::dynamic_band
