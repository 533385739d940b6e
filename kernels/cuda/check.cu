#include "kernels/base/failure.hpp"
#include "kernels/cuda/check.cuh"

#include <string>

namespace stemlathe::cuda {

namespace {

[[noreturn]] void fail(bool memory_is_short, std::string const& what, std::source_location where) {
    // An error of this kind is remembered by the runtime; the next job must not find it.
    static_cast<void>(cudaGetLastError());
    if (memory_is_short) {
        throw Failure{
            Code::out_of_memory,
            "the graphics card's memory is full (" + what +
                "); close other programs that use the card, or run with --device cpu",
            where};
    }
    throw Failure{
        Code::device_lost,
        "the graphics card stopped working (" + what + "); run again, or run with --device cpu",
        where};
}

} // namespace

void check(cudaError_t result, std::source_location where) {
    if (result != cudaSuccess) {
        fail(
            result == cudaErrorMemoryAllocation,
            std::string{cudaGetErrorName(result)} + ": " + cudaGetErrorString(result),
            where
        );
    }
}

void check(cufftResult result, std::source_location where) {
    if (result != CUFFT_SUCCESS) {
        fail(
            result == CUFFT_ALLOC_FAILED,
            "cuFFT error " + std::to_string(static_cast<int>(result)),
            where
        );
    }
}

} // namespace stemlathe::cuda
