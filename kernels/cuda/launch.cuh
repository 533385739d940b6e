#pragma once

#include "kernels/cuda/check.cuh"
#include "kernels/cuda/device_buffer.cuh"

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace stemlathe::cuda {

inline constexpr int kBlockThreads = 256;

/// Blocks for one thread per item, at least 1 and at most what keeps any card busy; kernels stride
/// over the rest.
[[nodiscard]] constexpr unsigned
blocks_for(std::int64_t count, int threads = kBlockThreads) noexcept {
    constexpr std::int64_t kMostBlocks = 65'535;
    return static_cast<unsigned>(
        std::clamp<std::int64_t>((count + threads - 1) / threads, 1, kMostBlocks)
    );
}

/// `for (auto i = first_index(); i < count; i += grid_size())` visits each index once, for any
/// launch size. For launches of one dimension.
__device__ inline std::int64_t first_index() {
    return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__device__ inline std::int64_t grid_size() {
    return static_cast<std::int64_t>(gridDim.x) * blockDim.x;
}

/// Interleaved samples as stereo frames, one for each thread.
[[nodiscard]] inline float2 const* frames_of(float const* samples) noexcept {
    return reinterpret_cast<float2 const*>(samples);
}

[[nodiscard]] inline float2* frames_of(float* samples) noexcept {
    return reinterpret_cast<float2*>(samples);
}

/// Queues `kernel(arguments...)` over a grid. @throws Failure{device_lost}
template <typename... Parameters>
void launch_grid(
    void (*kernel)(Parameters...),
    unsigned blocks,
    unsigned threads,
    std::type_identity_t<Parameters>... arguments
) {
    void* pointers[] = {&arguments...};
    check(cudaLaunchKernel(kernel, dim3{blocks}, dim3{threads}, pointers, 0, stream()));
}

/// Queues `kernel(arguments...)` with one thread per item; no launch where `count` is 0.
/// @throws Failure{device_lost}
template <typename... Parameters>
void launch(
    void (*kernel)(Parameters...), std::int64_t count, std::type_identity_t<Parameters>... arguments
) {
    if (count > 0) {
        launch_grid(kernel, blocks_for(count), kBlockThreads, arguments...);
    }
}

/// Queues `kernel(arguments...)` with one block of `threads` per item; the kernel strides over
/// items with `for (auto i = blockIdx.x; i < count; i += gridDim.x)` in 64 bits.
/// @throws Failure{device_lost}
template <typename... Parameters>
void launch_blocks(
    void (*kernel)(Parameters...),
    std::int64_t count,
    int threads,
    std::type_identity_t<Parameters>... arguments
) {
    if (count > 0) {
        launch_grid(kernel, blocks_for(count, 1), static_cast<unsigned>(threads), arguments...);
    }
}

} // namespace stemlathe::cuda
