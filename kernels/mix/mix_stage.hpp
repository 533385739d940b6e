#pragma once

#include "kernels/base/assert.hpp"
#include "kernels/base/stage.hpp"
#include "kernels/mix/mix_math.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace stemlathe::mix {

/// What a mix queues and when it adds, the same for both drivers.
/// @tparam Queue  the driver's queue of one input
/// @tparam Adder  has AudioView add(sources, frames, position): the sums of the first `frames` of
/// all sources, valid until the next call; `position` is where they lie in the song
template <typename Queue, typename Adder>
class MixStage final : public Stage {
  public:
    explicit MixStage(MixSettings const& settings)
        : queues_(static_cast<std::size_t>(settings.inputs)) {}

    using Stage::process;

    [[nodiscard]] AudioView process(std::span<AudioView const> inputs) override {
        STEMLATHE_ASSERT(inputs.size() == queues_.size());
        if (inputs.size() == 1) {
            return inputs.front();
        }
        auto ready = std::numeric_limits<std::int64_t>::max();
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            ready = std::min(ready, queues_[i].frames() + inputs[i].frames);
        }
        // An input that has nothing queued is read where it lies, and only its rest is kept.
        Sources sources{.values = {}, .inputs = static_cast<int>(inputs.size())};
        std::vector<AudioView> rests(inputs.size());
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (queues_[i].frames() > 0) {
                queues_[i].push(inputs[i]);
                sources.values[i] = queues_[i].pending().samples;
            } else {
                sources.values[i] = inputs[i].samples;
                rests[i] = inputs[i].slice(ready, inputs[i].frames - ready);
            }
        }
        auto const output = add(sources, ready);
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (queues_[i].frames() > 0) {
                queues_[i].pop(ready);
            } else {
                queues_[i].push(rests[i]);
            }
        }
        return output;
    }

    [[nodiscard]] AudioView finish() override {
        std::int64_t longest = 0;
        for (auto const& queue : queues_) {
            longest = std::max(longest, queue.frames());
        }
        Sources sources{.values = {}, .inputs = static_cast<int>(queues_.size())};
        for (std::size_t i = 0; i < queues_.size(); ++i) {
            queues_[i].push_zeros(longest - queues_[i].frames());
            sources.values[i] = queues_[i].pending().samples;
        }
        return add(sources, longest);
    }

  private:
    AudioView add(Sources const& sources, std::int64_t frames) {
        auto const output = adder_.add(sources, frames, position_);
        position_ += frames;
        return output;
    }

    std::vector<Queue> queues_;
    Adder adder_;
    std::int64_t position_ = 0;
};

} // namespace stemlathe::mix
