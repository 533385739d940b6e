#pragma once

#include "kernels/cpu/fft.hpp"

#include <array>
#include <cstdint>

namespace stemlathe::cpu {

/// Halves the rate of interleaved stereo for analysis: what lies below kPass of the rate passes,
/// and what would fold into it is gone, each to within -140 dB.
///
/// A half-band filter, every other tap of which is zero: sinc under a Kaiser window, whose length
/// is by Kaiser's estimate for 150 dB and a transition from kPass to 1/2 - kPass. Output m belongs
/// to frame 2 m of the input, so nothing is late.
/// Source: Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", Proc.
/// IEEE ISCAS 1974, eq. 1 and 7; Crochiere & Rabiner, Multirate Digital Signal Processing, 1983,
/// section 3.4 (half-band filters).
class HalfBand {
  public:
    static constexpr double kPass = 0.177; ///< of the rate that comes in
    static constexpr std::int64_t kReach_frames = 33;

    HalfBand();

    /// @param frames  the input's frame 2 m for the first m wanted, with kReach_frames before it
    /// and as many after the last
    /// @param count  outputs wanted
    /// @param odd  scratch for [2 (count + kReach_frames) + kSpare_floats]
    /// @param out  [2 count + kSpare_floats], of which the spare ones are undefined afterwards
    void halve(float const* frames, std::int64_t count, float* odd, float* out) const;

    static constexpr std::int64_t kSpare_floats = 64; ///< whole vectors are written

  private:
    static constexpr std::size_t kPairs = 17; ///< of equal taps, 1, 3, ... 33 frames off the centre

    std::array<float, kPairs> taps_{};
};

} // namespace stemlathe::cpu
