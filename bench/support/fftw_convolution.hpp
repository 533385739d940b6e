#pragma once

#include "kernels/base/audio.hpp"

#include <fftw3.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace stemlathe::bench {

/// The rival of our transform: FFTW's complex transform on the same stereo frames, multiplied by a
/// real response.
class FftwConvolution {
  public:
    explicit FftwConvolution(std::int64_t size)
        : size_(size),
          frames_(fftwf_alloc_complex(static_cast<std::size_t>(size))),
          response_(static_cast<std::size_t>(size), 1.0F / static_cast<float>(size)),
          forward_(plan(FFTW_FORWARD)),
          backward_(plan(FFTW_BACKWARD)) {}

    /// Filters `size` interleaved frames; the result lies in the object's own memory.
    [[nodiscard]] float const* filter(float const* frames) {
        auto* const values = reinterpret_cast<float*>(frames_.get());
        std::copy_n(frames, size_ * kChannels, values);
        fftwf_execute(forward_.get());
        for (std::size_t i = 0; i < response_.size(); ++i) {
            values[2 * i] *= response_[i];
            values[2 * i + 1] *= response_[i];
        }
        fftwf_execute(backward_.get());
        return values;
    }

  private:
    struct Free {
        void operator()(fftwf_complex* memory) const noexcept {
            fftwf_free(memory);
        }

        void operator()(fftwf_plan_s* plan) const noexcept {
            fftwf_destroy_plan(plan);
        }
    };

    using Plan = std::unique_ptr<fftwf_plan_s, Free>;

    [[nodiscard]] Plan plan(int direction) {
        return Plan{fftwf_plan_dft_1d(
            static_cast<int>(size_), frames_.get(), frames_.get(), direction, FFTW_MEASURE
        )};
    }

    std::int64_t size_;
    std::unique_ptr<fftwf_complex, Free> frames_;
    std::vector<float> response_;
    Plan forward_;
    Plan backward_;
};

} // namespace stemlathe::bench
