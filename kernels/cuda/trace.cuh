#pragma once

#include "kernels/cuda/device_buffer.cuh"

#include <cstdint>
#include <utility>
#include <vector>

namespace stemlathe::cuda {

/// A trace that grows on the card and is fetched once.
class DeviceTrace {
  public:
    /// Room for `count` more values, to be written in the order of the stream.
    /// @throws Failure{out_of_memory}
    [[nodiscard]] float* append(std::int64_t count) {
        if (count_ + count > values_.capacity()) {
            DeviceBuffer<float> larger{2 * (count_ + count)};
            copy(larger.data(), values_.data(), count_);
            std::swap(values_, larger);
        }
        auto* const first = values_.data() + count_;
        count_ += count;
        return first;
    }

    [[nodiscard]] std::vector<float> fetch() const {
        std::vector<float> values(static_cast<std::size_t>(count_));
        copy(values.data(), values_.data(), count_);
        synchronise();
        return values;
    }

  private:
    DeviceBuffer<float> values_;
    std::int64_t count_ = 0;
};

} // namespace stemlathe::cuda
