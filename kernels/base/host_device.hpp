#pragma once

/// Marks formulas that the CPU and the CUDA driver share. Forced inline so that code generated for
/// one instruction set can never be picked by the linker for another.
#if defined(__CUDACC__)
#define STEMLATHE_HD __host__ __device__ __forceinline__
#else
#define STEMLATHE_HD inline __attribute__((always_inline))
#endif
