#pragma once

#include "kernels/cuda/device_buffer.cuh"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace stemlathe::cuda {

/// Results that pile up in the card's memory while a song passes, so that no segment has to wait
/// for the copy of its own.
template <typename T>
class ResultList {
  public:
    /// Adds `count` values that lie on the card, in the order of the stream.
    /// @throws Failure{out_of_memory}
    void append(T const* values, std::int64_t count) {
        while (count > 0) {
            if (room_ == 0) {
                chunks_.emplace_back(kChunkValues);
                room_ = kChunkValues;
            }
            auto const part = std::min(count, room_);
            copy(chunks_.back().data() + (kChunkValues - room_), values, part);
            values += part;
            count -= part;
            room_ -= part;
        }
    }

    /// All of them, in order; waits for the card.
    [[nodiscard]] std::vector<T> download() const {
        std::vector<T> out(static_cast<std::size_t>(size()));
        auto* to = out.data();
        auto left = size();
        for (auto const& chunk : chunks_) {
            auto const part = std::min(left, kChunkValues);
            copy(to, chunk.data(), part);
            to += part;
            left -= part;
        }
        synchronise();
        return out;
    }

  private:
    static constexpr std::int64_t kChunkValues = 1 << 16;

    [[nodiscard]] std::int64_t size() const noexcept {
        return static_cast<std::int64_t>(chunks_.size()) * kChunkValues - room_;
    }

    std::vector<DeviceBuffer<T>> chunks_;
    std::int64_t room_ = 0; ///< values that the last chunk can still take
};

} // namespace stemlathe::cuda
