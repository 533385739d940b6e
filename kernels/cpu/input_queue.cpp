#include "kernels/cpu/input_queue.hpp"

#include "kernels/base/assert.hpp"
#include "kernels/cpu/cpu_backend.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe::cpu {

InputQueue::InputQueue(std::int64_t history_frames) {
    push_zeros(history_frames);
    position_ = -history_frames;
}

void InputQueue::push(AudioView input) {
    STEMLATHE_ASSERT(input.frames == 0 || input.memory == Memory::host);
    make_room(input.frames);
    std::ranges::copy(input.values(), buffer_.samples() + (first_ + frames_) * kChannels);
    frames_ += input.frames;
}

void InputQueue::push_zeros(std::int64_t frames) {
    make_room(frames);
    std::fill_n(buffer_.samples() + (first_ + frames_) * kChannels, frames * kChannels, 0.0F);
    frames_ += frames;
}

void InputQueue::pop(std::int64_t frames) {
    STEMLATHE_ASSERT(frames >= 0 && frames <= frames_);
    first_ += frames;
    frames_ -= frames;
    position_ += frames;
}

void InputQueue::make_room(std::int64_t frames) {
    if (first_ + frames_ + frames <= buffer_.capacity_frames()) {
        return;
    }
    // Moving to the front costs what is kept, so it waits until at least as much was dropped; else
    // the buffer doubles. Either way a frame is moved once on average.
    auto const values = static_cast<std::size_t>(frames_) * kChannels;
    auto const* const kept = buffer_.samples() + first_ * kChannels;
    if (first_ >= frames_ && frames_ + frames <= buffer_.capacity_frames()) {
        std::copy_n(kept, values, buffer_.samples());
    } else {
        auto larger = allocate(2 * (frames_ + frames));
        std::copy_n(kept, values, larger.samples());
        buffer_ = std::move(larger);
    }
    first_ = 0;
}

} // namespace stemlathe::cpu
