#pragma once

#include "kernels/base/assert.hpp"
#include "kernels/limiter/limiter_math.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe::limiter {

/// What a limiter still needs of its inputs, from chunk step - 2 on: the audio, and the key where
/// it is another. They may arrive at different paces; the audio's end is the end, and a key that
/// ends before it is silence from there. The same for both drivers.
/// @tparam Queue  the driver's queue of one input
template <typename Queue>
class LimiterQueues {
  public:
    explicit LimiterQueues(bool has_key) : key_(has_key ? 1 : 0), frames_in_(key_ + 1, 0) {
        for (std::size_t i = 0; i <= key_; ++i) {
            queues_.emplace_back(kHistoryFrames);
        }
    }

    /// Adds the next frames of each input. @returns the frames that have come of both in all
    std::int64_t push(std::span<AudioView const> inputs) {
        STEMLATHE_ASSERT(inputs.size() == queues_.size());
        for (std::size_t i = 0; i < queues_.size(); ++i) {
            queues_[i].push(inputs[i]);
            frames_in_[i] += inputs[i].frames;
        }
        return std::ranges::min(frames_in_);
    }

    /// Frames of the audio: all there will be, at the end.
    [[nodiscard]] std::int64_t audio_frames() const noexcept {
        return frames_in_.front();
    }

    /// Fills each input up with silence, `frames` behind the audio's end.
    void push_silence(std::int64_t frames) {
        for (std::size_t i = 0; i < queues_.size(); ++i) {
            auto const missing = audio_frames() + frames - frames_in_[i];
            queues_[i].push_zeros(std::max<std::int64_t>(missing, 0));
        }
    }

    /// Where chunk step - 2 begins, until the next push.
    [[nodiscard]] float* audio() const noexcept {
        return first_chunk(0);
    }

    [[nodiscard]] float* key() const noexcept {
        return first_chunk(key_);
    }

    /// Drops the oldest frames.
    void pop(std::int64_t frames) {
        for (auto& queue : queues_) {
            queue.pop(frames);
        }
    }

  private:
    [[nodiscard]] float* first_chunk(std::size_t input) const noexcept {
        return queues_[input].pending().samples + kFramesBefore * kChannels;
    }

    std::size_t key_; ///< which input: 0 where the audio is its own key
    std::vector<Queue> queues_;
    std::vector<std::int64_t> frames_in_;
};

} // namespace stemlathe::limiter
