#pragma once

// The part of the CUDA runtime that kernels/cuda uses, on the CPU: with this folder before CUDA's
// on the include path, .cu files compile as C++. See README.md for what such a card shows and what
// it cannot.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __shared__ static thread_local ///< a block's threads take turns on one thread of the CPU
#define __CUDA_ARCH_LIST__ 900

struct alignas(8) float2 {
    float x;
    float y;
};

struct alignas(4) ushort2 {
    unsigned short x;
    unsigned short y;
};

struct uint3 {
    unsigned x = 0;
    unsigned y = 0;
    unsigned z = 0;
};

struct dim3 {
    unsigned x = 1;
    unsigned y = 1;
    unsigned z = 1;
};

extern thread_local uint3 threadIdx;
extern thread_local uint3 blockIdx;
extern thread_local dim3 blockDim;
extern thread_local dim3 gridDim;

enum cudaError_t {
    cudaSuccess,
    cudaErrorInvalidValue,
    cudaErrorMemoryAllocation,
    cudaErrorNoDevice
};

enum cudaMemcpyKind { cudaMemcpyDefault };

enum cudaDeviceAttr { cudaDevAttrComputeMode };

enum { cudaComputeModeDefault, cudaComputeModeProhibited };

enum { cudaEventDisableTiming };

struct EmulatedStream;
struct EmulatedEvent;
using cudaStream_t = EmulatedStream*;
using cudaEvent_t = EmulatedEvent*;

/// The only stream there is: each thread has its own.
#define cudaStreamPerThread (static_cast<cudaStream_t>(nullptr))

struct cudaDeviceProp {
    char name[32];
    int major;
    int minor;
    std::size_t totalGlobalMem;
};

struct cudaFuncAttributes {
    int maxThreadsPerBlock;
};

char const* cudaGetErrorName(cudaError_t error);
char const* cudaGetErrorString(cudaError_t error);
cudaError_t cudaGetLastError();

cudaError_t cudaDriverGetVersion(int* version);
cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device);
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaDeviceSynchronize();
cudaError_t cudaStreamSynchronize(cudaStream_t stream);

cudaError_t cudaMalloc(void** memory, std::size_t bytes);
cudaError_t cudaFree(void* memory);
cudaError_t cudaMallocHost(void** memory, std::size_t bytes);
cudaError_t cudaFreeHost(void* memory);
cudaError_t cudaMemGetInfo(std::size_t* free_bytes, std::size_t* total_bytes);
cudaError_t cudaMemcpyAsync(
    void* to, void const* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream
);
cudaError_t cudaMemsetAsync(void* memory, int value, std::size_t bytes, cudaStream_t stream);

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventDestroy(cudaEvent_t event);

namespace emulated {

/// Queues work on the calling thread's stream.
void enqueue(std::function<void()> work);

/// Runs `thread` for every thread of the grid.
void run_grid(dim3 grid, dim3 block, std::function<void()> const& thread);

/// Lets the others of the warp, or of the block, come as far.
void wait_for_warp();
void wait_for_block();

/// Where the thread `lane_mask` away left its value; 16 bytes at most.
void exchange(void* value, std::size_t bytes, unsigned lane_mask);

} // namespace emulated

template <typename... Parameters>
cudaError_t cudaLaunchKernel(
    void (*kernel)(Parameters...),
    dim3 grid,
    dim3 block,
    void** arguments,
    std::size_t /*shared_bytes*/,
    cudaStream_t /*stream*/
) {
    if (grid.x == 0 || block.x == 0 || block.x > 1024) {
        return cudaErrorInvalidValue;
    }
    auto const copies = [&]<std::size_t... kIndex>(std::index_sequence<kIndex...>) {
        return std::tuple<Parameters...>{*static_cast<Parameters*>(arguments[kIndex])...};
    }
    (std::index_sequence_for<Parameters...>{});
    emulated::enqueue([=] { emulated::run_grid(grid, block, [&] { std::apply(kernel, copies); }); }
    );
    return cudaSuccess;
}

template <typename Kernel>
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, Kernel* /*kernel*/) {
    attributes->maxThreadsPerBlock = 1024;
    return cudaSuccess;
}

inline void __syncthreads() {
    emulated::wait_for_block();
}

inline void __syncwarp() {
    emulated::wait_for_warp();
}

template <typename T>
T __shfl_xor_sync(unsigned /*mask*/, T value, int lane_mask) {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 16);
    emulated::exchange(&value, sizeof(T), static_cast<unsigned>(lane_mask));
    return value;
}

/// A grid's threads take turns, so nothing can come between.
template <typename T>
T atomicAdd(T* place, T value) {
    return std::exchange(*place, *place + value);
}

template <typename T>
T atomicMin(T* place, T value) {
    return std::exchange(*place, value < *place ? value : *place);
}

template <typename T>
constexpr T min(T a, T b) {
    return b < a ? b : a;
}

template <typename T>
constexpr T max(T a, T b) {
    return a < b ? b : a;
}
