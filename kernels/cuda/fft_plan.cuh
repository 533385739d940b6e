#pragma once

#include "kernels/cuda/check.cuh"

#include <cstdint>

namespace stemlathe::cuda {

/// Complex Fourier transforms of one size, `batch` of them side by side; a stereo frame is one
/// complex number. The batch is part of what gives equal bits, so it never changes. Neither
/// direction scales: forward and back multiplies by `size`.
class FftPlan {
  public:
    /// @throws Failure{out_of_memory} or {device_lost}
    FftPlan(std::int64_t size, std::int64_t batch);
    FftPlan(FftPlan const&) = delete;
    FftPlan& operator=(FftPlan const&) = delete;
    ~FftPlan();

    /// [batch][size] each; `to` may be `from`. Queued on the calling thread's stream.
    void forward(float2* from, float2* to);
    void inverse(float2* from, float2* to);

  private:
    void execute(float2* from, float2* to, int direction);

    cufftHandle plan_ = 0;
};

} // namespace stemlathe::cuda
