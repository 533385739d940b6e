#pragma once

#include "kernels/base/audio.hpp"
#include "kernels/quantise/quantise_math.hpp"

#include <array>
#include <span>

namespace stemlathe::cpu {

/// Rounds with dither and noise shaping, one segment after the other. The recursion waits for each
/// error in turn, so two blocks of 16,384 frames go through side by side where a segment has them.
class Shaper {
  public:
    explicit Shaper(QuantiseSettings const& settings);

    /// @param levels  gets 2 * input.frames whole steps, not clipped
    void process(AudioView input, std::int32_t* levels);

  private:
    template <int kBlocks>
    void shape(float const* samples, std::int64_t frames, std::int32_t* levels);

    void prepare(
        float const* values, std::int64_t count, std::uint64_t sample, float* steps, float* shifts
    ) const;

    std::array<double, kShaperTaps> feedback_;
    std::uint64_t seed_;
    float full_scale_;
    std::int64_t position_ = 0;
    std::array<std::array<double, kChannels>, kShaperTaps> errors_{}; ///< newest last
};

} // namespace stemlathe::cpu
