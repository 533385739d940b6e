#pragma once

#include "kernels/base/chunk_queues.hpp"
#include "kernels/base/unchanged.hpp"
#include "kernels/dynamics/dynamics_math.hpp"

#include <memory>
#include <span>
#include <vector>

namespace stemlathe::dynamics {

/// A compressor's inputs: the audio, and the key where it is another. The same for both drivers.
/// @tparam Queue  the driver's queue of one input
/// @tparam Compressor  made from a Plan; has AudioView compress(audio, key, Chunks): the chunks'
/// frames, compressed, valid until the next call. It is given all chunks in order, and has
/// std::vector<float> trace_db(): see Stage::gain_reduction_db.
template <typename Queue, typename Compressor>
class DynamicsStage final : public Stage {
  public:
    explicit DynamicsStage(Plan const& plan)
        : key_(plan.has_key ? 1 : 0), queues_(key_ + 1), compressor_(plan) {}

    using Stage::process;

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        queues_.push(inputs);
        return compress(queues_.ready());
    }

    [[nodiscard]] AudioView finish() override {
        return compress(queues_.rest());
    }

    [[nodiscard]] std::vector<float> gain_reduction_db() const override {
        return compressor_.trace_db();
    }

  private:
    AudioView compress(Chunks const& chunks) {
        auto const output = compressor_.compress(queues_.samples(0), queues_.samples(key_), chunks);
        queues_.pop(chunks);
        return output;
    }

    std::size_t key_; ///< which input: 0 where the audio is its own key
    ChunkQueues<Queue> queues_;
    Compressor compressor_;
};

/// Ratio 1, no make-up: the audio goes through as it is, and the trace is zeros.
class NoReduction final : public Unchanged {
  public:
    using Unchanged::Unchanged;

    [[nodiscard]] std::vector<float> gain_reduction_db() const override {
        auto const hops = (frames() + kTraceHopFrames - 1) / kTraceHopFrames;
        return std::vector<float>(static_cast<std::size_t>(hops), 0.0F);
    }
};

/// @param memory  of the driver
/// @throws Failure{invalid_plan} a value is out of range; {out_of_memory}
template <typename Queue, typename Compressor>
[[nodiscard]] std::unique_ptr<Stage> make_stage(DynamicsSettings const& settings, Memory memory) {
    auto const plan = make_plan(settings);
    if (plan.is_identity) {
        return std::make_unique<NoReduction>(memory);
    }
    return std::make_unique<DynamicsStage<Queue, Compressor>>(plan);
}

} // namespace stemlathe::dynamics
