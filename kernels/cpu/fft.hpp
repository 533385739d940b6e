#pragma once

#include "kernels/base/audio.hpp"

#include <cstdint>
#include <vector>

namespace stemlathe::cpu {

/// Floats on a cache line of their own, so that vectors never straddle two.
class AlignedFloats {
  public:
    AlignedFloats() = default;

    /// Undefined values. @throws Failure{out_of_memory}
    explicit AlignedFloats(std::int64_t count);

    [[nodiscard]] float* data() const noexcept {
        return memory_.samples();
    }

  private:
    AudioBuffer memory_;
};

/// Complex Fourier transform of stereo audio, one frame (left, right) taken as left + i right, for
/// convolution with filters whose spectrum is real, taps that are even around index 0, and for
/// looking at its lowest frequencies.
///
/// A spectrum is kept as the transform leaves it, without its last pass and in an order of its own
/// (decimation in frequency forward, in time back: nothing is ever reordered). `filter` does that
/// last pass, the product and the first pass back in registers. Vectors run across sub-transforms:
/// 16 on x86-64-v4, 8 on v3. Passes go depth first, so that all but the first few stay in the
/// cache. Spectra, responses and scratch are AlignedFloats. Source: Oppenheim & Schafer,
/// Discrete-Time Signal Processing, sections 9.3, 9.4. Accuracy: round trip within -130 dB rms of
/// the signal up to 2^20 frames.
class Fft {
  public:
    /// @param size  a power of two, 512 .. 2^24
    /// @throws Failure{out_of_memory}
    explicit Fft(std::int64_t size);

    [[nodiscard]] std::int64_t size() const noexcept {
        return size_;
    }

    /// Transforms `size` frames at `frames` (any alignment) to `spectrum` [2 size].
    void forward(float const* frames, float* spectrum) const;

    /// Bins [0, count) and [size - count, size) of the transform of `size` frames, in natural
    /// order: real and imaginary part of bin k at index k. What lies between is undefined.
    /// @param frames  any alignment
    /// @param count  1 .. size / 2
    /// @param scratch  [2 size]
    /// @param real, imaginary  [size]; like the scratch, AlignedFloats
    void outer_bins(
        float const* frames, std::int64_t count, float* scratch, float* real, float* imaginary
    ) const;

    /// Multiplies by a response from `response_of` and transforms back.
    /// @param scratch  [2 size], may be `spectrum`, which is then used up
    /// @param first, count  frames of the result that are wanted, multiples of 16
    /// @param frames  [count] frames, any alignment
    void filter(
        float const* spectrum,
        float const* response,
        float* scratch,
        std::int64_t first,
        std::int64_t count,
        float* frames
    ) const;

    /// The real spectrum [size] of centred taps h[-half..half], scaled by 1 / size so that the
    /// inverse need not be.
    /// @param taps  an odd count below `size`, even symmetry
    [[nodiscard]] AlignedFloats response_of(std::vector<float> const& taps) const;

  private:
    struct Pass {
        int radix = 0;
        std::int64_t rows = 0;    ///< that the legs of its butterflies are spread over
        AlignedFloats twiddles{}; ///< [rows / radix][radix - 1] of (cos, sin); none in the last
    };

    /// Where wanted bins go: rows [0, rows) and the last `rows` of lanes.
    struct OuterRows {
        std::int64_t rows = 0;
        float* real = nullptr;
        float* imaginary = nullptr;
    };

    void split_lanes(float const* frames, float* rows) const;
    void join_lanes(float const* rows, std::int64_t first, std::int64_t count, float* frames) const;
    void forward_passes(float* rows, std::size_t level) const;
    void outer_passes(
        float* rows,
        OuterRows const& outer,
        std::size_t level,
        std::int64_t place,
        std::int64_t weight
    ) const;
    void
    filter_passes(float const* from, float const* response, float* to, std::size_t level) const;

    std::int64_t size_;
    std::int64_t rows_;           ///< length of a lane's sub-transform
    AlignedFloats lane_twiddles_; ///< [rows / lanes][lanes] of (cos vector, sin vector)
    std::vector<Pass> passes_;    ///< over the rows, the last one with all its legs side by side
};

} // namespace stemlathe::cpu
