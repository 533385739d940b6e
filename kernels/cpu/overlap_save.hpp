#pragma once

#include "kernels/cpu/fft.hpp"
#include "kernels/cpu/input_queue.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe::cpu {

/// Linear-phase filters over one input: one forward transform feeds all of them. Block b gives
/// frames [b hop, (b + 1) hop), wherever segments are cut, so the result is bit-identical for every
/// segment size. Latency is compensated: frame n belongs to frame n. Twin of cuda::OverlapSave.
/// Source: Oppenheim & Schafer, Discrete-Time Signal Processing, section 8.7.3 (overlap-save).
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
        return input_;
    }

  private:
    std::span<AudioView const> filter(std::int64_t blocks, std::int64_t frames);

    std::int64_t hop_; ///< frames that a block gives
    std::int64_t pad_; ///< frames of a block in front of those that it gives
    Fft fft_;
    InputQueue queue_;
    std::vector<AlignedFloats> responses_; ///< [filters]
    AlignedFloats spectrum_;
    AlignedFloats product_;
    std::vector<AudioBuffer> outputs_; ///< [filters]
    std::vector<AudioView> views_;     ///< [filters]
    AudioView input_;
    std::int64_t frames_in_ = 0;
    std::int64_t frames_out_ = 0; ///< a multiple of hop until finish
};

} // namespace stemlathe::cpu
