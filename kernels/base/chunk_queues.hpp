#pragma once

#include "kernels/base/assert.hpp"
#include "kernels/base/audio.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe {

/// Canonical chunks that lie ready, one after another.
struct Chunks {
    std::int64_t count = 0;
    std::int64_t frames = 0;   ///< of the song: all but where it ends inside the last chunk
    std::int64_t position = 0; ///< of their first frame in the song

    [[nodiscard]] std::int64_t whole_frames() const noexcept {
        return count * kChunkFrames;
    }
};

/// The inputs of a stage that works in canonical chunks and needs them at the same frames. They may
/// arrive at different paces. The first is the audio, whose end is the end of the stage; another
/// one that ends before it is silence from there. `Queue` is the driver's queue of one input.
template <typename Queue>
class ChunkQueues {
  public:
    explicit ChunkQueues(std::size_t inputs) : queues_(inputs) {}

    /// Adds the next frames of each input. Further views are left alone.
    void push(std::span<AudioView const> inputs) {
        STEMLATHE_ASSERT(inputs.size() >= queues_.size());
        for (std::size_t i = 0; i < queues_.size(); ++i) {
            queues_[i].push(inputs[i]);
        }
    }

    /// The chunks that have come of all inputs.
    [[nodiscard]] Chunks ready() const {
        auto const shortest = std::ranges::min_element(queues_, {}, &Queue::frames);
        auto const count = shortest->frames() / kChunkFrames;
        return {.count = count, .frames = count * kChunkFrames, .position = position()};
    }

    /// All that is left, the last chunk filled up with silence.
    [[nodiscard]] Chunks rest() {
        auto const frames = queues_.front().frames();
        auto const count = (frames + kChunkFrames - 1) / kChunkFrames;
        for (auto& queue : queues_) {
            queue.push_zeros(std::max<std::int64_t>(count * kChunkFrames - queue.frames(), 0));
        }
        return {.count = count, .frames = frames, .position = position()};
    }

    /// Where an input's first chunk lies, until the next push.
    [[nodiscard]] float* samples(std::size_t input) const noexcept {
        return queues_[input].pending().samples;
    }

    /// Drops chunks that were worked on.
    void pop(Chunks const& chunks) {
        for (auto& queue : queues_) {
            queue.pop(chunks.whole_frames());
        }
    }

  private:
    [[nodiscard]] std::int64_t position() const noexcept {
        return queues_.front().pending().position;
    }

    std::vector<Queue> queues_;
};

} // namespace stemlathe
