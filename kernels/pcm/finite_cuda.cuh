#pragma once

#include "kernels/base/audio.hpp"
#include "kernels/cuda/device_buffer.cuh"

namespace stemlathe::cuda {

/// Looks for NaN and Inf in the card's memory. One per stage; it waits for its answer.
class FiniteCheck {
  public:
    /// @throws Failure{not_a_number} naming the first frame of the view that holds a NaN or Inf
    void refuse_not_a_number(AudioView view);

  private:
    DeviceBuffer<unsigned long long> first_{1}; ///< index of a value
    PinnedBuffer<unsigned long long> found_{1};
};

} // namespace stemlathe::cuda
