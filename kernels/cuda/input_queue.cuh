#pragma once

#include "kernels/base/audio.hpp"
#include "kernels/cuda/device_buffer.cuh"

namespace stemlathe::cuda {

/// The frames of one input that a stage still needs, contiguous in the card's memory: new ones are
/// added at the end, used ones dropped from the front. It starts with `history` zeros, which stand
/// for the frames before 0.
class DeviceQueue {
  public:
    /// @throws Failure{out_of_memory}
    explicit DeviceQueue(std::int64_t history_frames = 0);

    /// Adds frames at the end; an empty view adds none. @throws Failure{out_of_memory}
    void push(AudioView input);

    /// Adds silence at the end. @throws Failure{out_of_memory}
    void push_zeros(std::int64_t frames);

    /// Drops frames from the front.
    void pop(std::int64_t frames);

    /// What is there, valid until the next push. Its position is the song's frame of its first
    /// frame, negative while the history is still in front.
    [[nodiscard]] AudioView pending() const noexcept;

    [[nodiscard]] std::int64_t frames() const noexcept {
        return frames_;
    }

  private:
    void make_room(std::int64_t frames);

    DeviceBuffer<float> buffer_;
    DeviceBuffer<float> spare_; ///< the buffer before last: moves go from one to the other
    std::int64_t first_ = 0;    ///< frame in buffer_ where the queue begins
    std::int64_t frames_ = 0;
    std::int64_t position_ = 0;
};

} // namespace stemlathe::cuda
