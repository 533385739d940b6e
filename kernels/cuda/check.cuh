#pragma once

#include <cuda_runtime_api.h>
#include <cufft.h>

#include <source_location>

namespace stemlathe::cuda {

/// Passes success; everything else becomes a Failure.
/// @throws Failure{out_of_memory} the card is full: a smaller segment may do
/// @throws Failure{device_lost} anything else: this backend is not to be used again
void check(cudaError_t result, std::source_location where = std::source_location::current());
void check(cufftResult result, std::source_location where = std::source_location::current());

} // namespace stemlathe::cuda
