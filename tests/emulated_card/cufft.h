#pragma once

// The part of cuFFT that kernels/cuda uses, by FFTW.

#include <cuda_runtime_api.h>

using cufftComplex = float2;
using cufftHandle = int;

enum cufftResult { CUFFT_SUCCESS, CUFFT_INVALID_PLAN, CUFFT_ALLOC_FAILED };

enum cufftType { CUFFT_C2C };

enum { CUFFT_FORWARD = -1, CUFFT_INVERSE = 1 };

/// Dense transforms of one dimension: the embeddings must be null.
cufftResult cufftPlanMany(
    cufftHandle* plan,
    int rank,
    int* lengths,
    int* in_embed,
    int in_stride,
    int in_distance,
    int* out_embed,
    int out_stride,
    int out_distance,
    cufftType type,
    int batch
);
cufftResult cufftSetStream(cufftHandle plan, cudaStream_t stream);
cufftResult cufftExecC2C(cufftHandle plan, cufftComplex* from, cufftComplex* to, int direction);
cufftResult cufftDestroy(cufftHandle plan);
