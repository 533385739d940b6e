#pragma once

#include "kernels/base/assert.hpp"
#include "kernels/cuda/check.cuh"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

namespace stemlathe::cuda {

/// The stream that all work of the calling thread is queued on: what one thread issues runs in the
/// order in which it was issued. Everything that is launched or copied names this stream.
[[nodiscard]] inline cudaStream_t stream() noexcept {
    return cudaStreamPerThread;
}

/// Waits until all that the calling thread has issued is done.
inline void synchronise(std::source_location where = std::source_location::current()) {
    check(cudaStreamSynchronize(stream()), where);
}

struct CardMemory {
    static cudaError_t allocate(void** memory, std::size_t bytes) {
        return cudaMalloc(memory, bytes);
    }

    static cudaError_t release(void* memory) {
        return cudaFree(memory);
    }
};

struct PinnedMemory {
    static cudaError_t allocate(void** memory, std::size_t bytes) {
        return cudaMallocHost(memory, bytes);
    }

    static cudaError_t release(void* memory) {
        return cudaFreeHost(memory);
    }
};

/// Typed memory, move-only. What it holds after an allocation is undefined: zero it where that
/// matters.
template <typename T, typename Kind>
class Buffer {
    static_assert(std::is_trivially_copyable_v<T>);

  public:
    Buffer() = default;

    /// @throws Failure{out_of_memory}
    explicit Buffer(std::int64_t count) {
        reserve(count);
    }

    /// Makes room for `count` values; where it has to grow, what it held is lost.
    /// @throws Failure{out_of_memory} and is then empty
    void reserve(std::int64_t count) {
        if (count <= capacity_) {
            return;
        }
        memory_.reset(); // before the new allocation, which may need the room
        capacity_ = 0;
        void* memory = nullptr;
        check(Kind::allocate(&memory, static_cast<std::size_t>(count) * sizeof(T)));
        memory_.reset(static_cast<T*>(memory));
        capacity_ = count;
    }

    [[nodiscard]] T* data() const noexcept {
        return memory_.get();
    }

    [[nodiscard]] std::int64_t capacity() const noexcept {
        return capacity_;
    }

  private:
    struct Release {
        void operator()(T* memory) const noexcept {
            static_cast<void>(Kind::release(memory)); // a destructor has nobody to tell
        }
    };

    std::unique_ptr<T, Release> memory_;
    std::int64_t capacity_ = 0;
};

/// Memory of the card. Freeing waits for the card, so kernels in flight are safe.
template <typename T>
using DeviceBuffer = Buffer<T, CardMemory>;

/// Host memory that the card can copy from and to at full speed. Before it is written or freed, the
/// copies that use it must be done: see synchronise().
template <typename T>
using PinnedBuffer = Buffer<T, PinnedMemory>;

/// Copies `count` values between any two places, in the order of the stream. It does not wait: host
/// memory on either side must stay as it is until synchronise(). The places must not overlap.
template <typename T>
void copy(T* to, std::type_identity_t<T> const* from, std::int64_t count) {
    if (count > 0) {
        check(cudaMemcpyAsync(
            to, from, static_cast<std::size_t>(count) * sizeof(T), cudaMemcpyDefault, stream()
        ));
    }
}

/// Sets `count` values on the card to all bits zero, in the order of the stream.
template <typename T>
void fill_zero(T* values, std::int64_t count) {
    if (count > 0) {
        check(cudaMemsetAsync(values, 0, static_cast<std::size_t>(count) * sizeof(T), stream()));
    }
}

/// A table that lies on the card from here on: allocated, copied, arrived.
template <typename T>
[[nodiscard]] DeviceBuffer<T> on_device(std::span<T const> values) {
    DeviceBuffer<T> table{static_cast<std::int64_t>(values.size())};
    copy(table.data(), values.data(), static_cast<std::int64_t>(values.size()));
    synchronise();
    return table;
}

} // namespace stemlathe::cuda
