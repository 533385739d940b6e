#include "kernels/base/assert.hpp"
#include "kernels/cuda/input_queue.cuh"

#include <utility>

namespace stemlathe::cuda {

DeviceQueue::DeviceQueue(std::int64_t history_frames) {
    push_zeros(history_frames);
    position_ = -history_frames;
}

void DeviceQueue::push(AudioView input) {
    STEMLATHE_ASSERT(input.frames == 0 || input.memory == Memory::device);
    make_room(input.frames);
    copy(buffer_.data() + (first_ + frames_) * kChannels, input.samples, input.frames * kChannels);
    frames_ += input.frames;
}

void DeviceQueue::push_zeros(std::int64_t frames) {
    make_room(frames);
    fill_zero(buffer_.data() + (first_ + frames_) * kChannels, frames * kChannels);
    frames_ += frames;
}

void DeviceQueue::pop(std::int64_t frames) {
    STEMLATHE_ASSERT(frames >= 0 && frames <= frames_);
    first_ += frames;
    frames_ -= frames;
    position_ += frames;
}

AudioView DeviceQueue::pending() const noexcept {
    return {buffer_.data() + first_ * kChannels, frames_, position_, Memory::device};
}

void DeviceQueue::make_room(std::int64_t frames) {
    if ((first_ + frames_ + frames) * kChannels <= buffer_.capacity()) {
        return;
    }
    // Twice what is needed, so that moves to the front are rare: each costs what was pushed since.
    spare_.reserve(2 * (frames_ + frames) * kChannels);
    copy(spare_.data(), buffer_.data() + first_ * kChannels, frames_ * kChannels);
    std::swap(buffer_, spare_);
    first_ = 0;
}

} // namespace stemlathe::cuda
