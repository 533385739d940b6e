#pragma once

#include "kernels/base/audio.hpp"
#include "kernels/base/block_queue.hpp"
#include "kernels/cuda/device_buffer.cuh"
#include "kernels/cuda/fft_plan.cuh"
#include "kernels/cuda/input_queue.cuh"

#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe::cuda {

/// Linear-phase filters over one input: one forward transform feeds all of them. Block b lies in
/// slot b modulo the batch, wherever segments are cut, so the result is bit-identical for every
/// segment size. Latency is compensated: frame n belongs to frame n. See BlockQueue; twin of
/// cpu::OverlapSave.
///
/// A stereo frame goes through as one complex number. Taps that are even around their centre have a
/// real spectrum, which filters both channels alike.
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
        return input_.given();
    }

  private:
    void add_filter(std::vector<float> const& taps);
    std::span<AudioView const> filter(Blocks const& blocks);
    void filter_batch(std::int64_t first_block, std::int64_t count, std::int64_t output_block);

    BlockQueue<DeviceQueue> input_;
    std::int64_t batch_; ///< transforms in one call
    FftPlan plan_;
    std::vector<DeviceBuffer<float>> spectra_; ///< [filters][size], scaled by 1 / size
    DeviceBuffer<float2> forward_;             ///< [batch][size]
    DeviceBuffer<float2> product_;             ///< [batch][size]
    std::vector<DeviceBuffer<float>> outputs_; ///< [filters]
    std::vector<AudioView> views_;             ///< [filters]
};

} // namespace stemlathe::cuda
