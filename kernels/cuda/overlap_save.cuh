#pragma once

#include "kernels/base/audio.hpp"
#include "kernels/cuda/device_buffer.cuh"
#include "kernels/cuda/fft_plan.cuh"
#include "kernels/cuda/input_queue.cuh"

#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe::cuda {

/// Linear-phase filters over one input: one forward transform feeds all of them. Block b gives
/// frames [b hop, (b + 1) hop) and lies in slot b modulo the batch, wherever segments are cut, so
/// the result is bit-identical for every segment size. Latency is compensated: frame n belongs to
/// frame n.
///
/// A stereo frame goes through as one complex number. Taps that are even around their centre have a
/// real spectrum, which filters both channels alike.
/// Source: Oppenheim & Schafer, Discrete-Time Signal Processing, section 8.7.3 (overlap-save).
class OverlapSave {
  public:
    /// @param length  power of two, at least as many as each filter has taps
    /// @param filters  centred taps h[-half..half] of each, an odd count, even symmetry
    /// @throws Failure{out_of_memory}
    OverlapSave(std::int64_t length, std::span<std::vector<float> const> filters);

    /// Takes frames and filters the blocks that are complete.
    /// @returns a view per filter, valid until the next call
    [[nodiscard]] std::span<AudioView const> process(AudioView input);

    /// The rest, up to the end of the input. Call once.
    [[nodiscard]] std::span<AudioView const> finish();

    /// The unfiltered frames that belong to the views returned last; valid as long as they are.
    [[nodiscard]] AudioView input() const noexcept {
        return input_;
    }

  private:
    void add_filter(std::vector<float> const& taps);
    std::span<AudioView const> filter(std::int64_t blocks, std::int64_t frames);
    void filter_batch(std::int64_t first_block, std::int64_t blocks, std::int64_t output_block);

    std::int64_t length_;
    std::int64_t size_;  ///< of a transform
    std::int64_t hop_;   ///< frames that a block gives
    std::int64_t pad_;   ///< frames of a block in front of those that it gives
    std::int64_t batch_; ///< transforms in one call
    FftPlan plan_;
    DeviceQueue queue_;
    std::vector<DeviceBuffer<float>> spectra_; ///< [filters][size], scaled by 1 / size
    DeviceBuffer<float2> forward_;             ///< [batch][size]
    DeviceBuffer<float2> product_;             ///< [batch][size]
    std::vector<DeviceBuffer<float>> outputs_; ///< [filters]
    std::vector<AudioView> views_;             ///< [filters]
    AudioView input_;
    std::int64_t frames_in_ = 0;
    std::int64_t frames_out_ = 0; ///< a multiple of hop until finish
};

} // namespace stemlathe::cuda
