#pragma once

#include "kernels/base/audio.hpp"

#include <algorithm>
#include <cstdint>

namespace stemlathe {

/// Blocks of overlap-save that are complete, one after another.
struct Blocks {
    std::int64_t count = 0;
    std::int64_t frames = 0;   ///< that they give: all but where the song ends inside the last
    std::int64_t position = 0; ///< of the first of these frames in the song
};

/// The input of filters of up to `length` taps, cut into blocks: block b is a transform's worth of
/// frames and gives frames [b hop, (b + 1) hop) of the song, wherever segments are cut. A transform
/// of four times the length costs least for each frame. `Queue` is the driver's queue of one input.
/// Source: Oppenheim & Schafer, Discrete-Time Signal Processing, section 8.7.3 (overlap-save).
template <typename Queue>
class BlockQueue {
  public:
    /// @param length  a power of two
    /// @throws Failure{out_of_memory}
    explicit BlockQueue(std::int64_t length) : length_(length), queue_(pad()) {}

    /// Frames of a block.
    [[nodiscard]] std::int64_t size() const noexcept {
        return 4 * length_;
    }

    /// Frames that a block gives.
    [[nodiscard]] std::int64_t hop() const noexcept {
        return 3 * length_;
    }

    /// Frames of a block in front of those that it gives.
    [[nodiscard]] std::int64_t pad() const noexcept {
        return length_ / 2;
    }

    /// Drops what the last blocks gave and adds frames. @returns the blocks that are complete
    [[nodiscard]] Blocks push(AudioView input) {
        queue_.pop(frames_given_);
        queue_.push(input);
        frames_in_ += input.frames;
        auto const surplus = frames_in_ + pad() - frames_out_ - size(); // beyond one whole block
        auto const count = surplus < 0 ? 0 : surplus / hop() + 1;
        return give(count, count * hop());
    }

    /// The rest, filled up with silence. Call once.
    [[nodiscard]] Blocks finish() {
        queue_.pop(frames_given_);
        auto const frames = frames_in_ - frames_out_;
        auto const count = (frames + hop() - 1) / hop();
        auto const frames_needed = count == 0 ? 0 : (count - 1) * hop() + size();
        queue_.push_zeros(std::max<std::int64_t>(frames_needed - queue_.frames(), 0));
        return give(count, frames);
    }

    /// What is there, from the first frame of the first block on.
    [[nodiscard]] AudioView pending() const noexcept {
        return queue_.pending();
    }

    /// The frames of the input that the blocks give.
    [[nodiscard]] AudioView given() const noexcept {
        return queue_.pending().slice(pad(), frames_given_);
    }

  private:
    Blocks give(std::int64_t count, std::int64_t frames) {
        Blocks const blocks{.count = count, .frames = frames, .position = frames_out_};
        frames_given_ = frames;
        frames_out_ += frames;
        return blocks;
    }

    std::int64_t length_;
    Queue queue_;
    std::int64_t frames_in_ = 0;
    std::int64_t frames_out_ = 0;   ///< a multiple of hop until finish
    std::int64_t frames_given_ = 0; ///< by the last blocks, still in the queue
};

} // namespace stemlathe
