#pragma once

#include "kernels/base/audio.hpp"

#include <cstdint>

namespace stemlathe::cpu {

/// The frames of one input that a stage still needs, contiguous in memory: new ones are added at
/// the end, used ones dropped from the front. It starts with `history` zeros, which stand for the
/// frames before 0. Twin of cuda::DeviceQueue.
class InputQueue {
  public:
    /// @throws Failure{out_of_memory}
    explicit InputQueue(std::int64_t history_frames = 0);

    /// Adds frames at the end; an empty view adds none. @throws Failure{out_of_memory}
    void push(AudioView input);

    /// Adds silence at the end. @throws Failure{out_of_memory}
    void push_zeros(std::int64_t frames);

    /// Drops frames from the front. Views of what stays remain valid until the next push.
    void pop(std::int64_t frames);

    /// What is there, valid until the next push. Its position is the song's frame of its first
    /// frame, negative while the history is still in front.
    [[nodiscard]] AudioView pending() const noexcept {
        return buffer_.view(first_ + frames_, position_ - first_).slice(first_, frames_);
    }

    [[nodiscard]] std::int64_t frames() const noexcept {
        return frames_;
    }

  private:
    void make_room(std::int64_t frames);

    AudioBuffer buffer_;
    std::int64_t first_ = 0; ///< frame in buffer_ where the queue begins
    std::int64_t frames_ = 0;
    std::int64_t position_ = 0;
};

} // namespace stemlathe::cpu
