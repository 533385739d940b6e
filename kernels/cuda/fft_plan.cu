#include "kernels/base/assert.hpp"
#include "kernels/cuda/device_buffer.cuh"
#include "kernels/cuda/fft_plan.cuh"

#include <limits>

namespace stemlathe::cuda {

static_assert(sizeof(float2) == sizeof(cufftComplex));

FftPlan::FftPlan(std::int64_t size, std::int64_t batch) {
    STEMLATHE_ASSERT(size * batch <= std::numeric_limits<int>::max());
    int lengths[] = {static_cast<int>(size)};
    // Null embeddings mean transforms that lie densely one after another; the strides are ignored.
    check(cufftPlanMany(
        &plan_, 1, lengths, nullptr, 1, 0, nullptr, 1, 0, CUFFT_C2C, static_cast<int>(batch)
    ));
}

FftPlan::~FftPlan() {
    static_cast<void>(cudaDeviceSynchronize()); // transforms in flight use the plan's work area
    static_cast<void>(cufftDestroy(plan_));
}

void FftPlan::forward(float2* from, float2* to) {
    execute(from, to, CUFFT_FORWARD);
}

void FftPlan::inverse(float2* from, float2* to) {
    execute(from, to, CUFFT_INVERSE);
}

void FftPlan::execute(float2* from, float2* to, int direction) {
    check(cufftSetStream(plan_, stream()));
    check(cufftExecC2C(plan_, from, to, direction));
}

} // namespace stemlathe::cuda
