#pragma once

#include "kernels/base/block_queue.hpp"
#include "kernels/cpu/fft.hpp"
#include "kernels/cpu/input_queue.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe::cpu {

/// Linear-phase filters over one input: one forward transform feeds all of them. The result is
/// bit-identical for every segment size. Latency is compensated: frame n belongs to frame n. See
/// BlockQueue; twin of cuda::OverlapSave.
class OverlapSave {
  public:
    /// @param length  power of two, 256 or more, at least as many as each filter has taps; it costs
    /// least where the taps nearly fill it
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
    std::span<AudioView const> filter(Blocks const& blocks);

    BlockQueue<InputQueue> input_;
    Fft fft_;
    std::vector<AlignedFloats> responses_; ///< [filters]
    AlignedFloats spectrum_;
    AlignedFloats product_;
    std::vector<AudioBuffer> outputs_; ///< [filters]
    std::vector<AudioView> views_;     ///< [filters]
};

} // namespace stemlathe::cpu
