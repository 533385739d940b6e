#pragma once

#include "kernels/base/audio.hpp"
#include "kernels/base/pcm_format.hpp"

#include <array>
#include <cstdint>

namespace stemlathe {

enum class Dither { none, tpdf, shaped };

/// Float to the bytes that a file holds. Integers are dithered with TPDF of 2 LSB peak to peak,
/// independent per channel, drawn from a counter (the frame's index and the seed), then rounded.
/// `shaped` feeds the error back through a 9-tap filter that is designed for `rate_hz`; its error
/// state restarts every 16,384 frames, which makes it parallel. Words shorter than their container
/// are left-justified: 24-bit audio in `pcm_32`, as FLAC encoders take it, is shifted by 8. Values
/// beyond full scale are clipped and counted, never wrapped. `float_32` is passed on untouched.
/// Sources: Lipshitz, Wannamaker & Vanderkooy, "Quantization and Dither: A Theoretical Survey",
/// JAES 40(5), 1992, section 4; the same, "Minimally Audible Noise Shaping", JAES 39(11), 1991.
struct QuantiseSettings {
    int rate_hz = 44'100; ///< 8,000 to 384,000
    SampleFormat format = SampleFormat::pcm_24;
    int bits = 24; ///< 16 or 24; the step of the dither. Ignored for float_32
    Dither dither = Dither::tpdf;
    std::uint64_t seed = 1;
};

class Quantiser {
  public:
    Quantiser() = default;
    Quantiser(Quantiser const&) = delete;
    Quantiser& operator=(Quantiser const&) = delete;
    virtual ~Quantiser() = default;

    /// @returns bytes in host memory, valid until the next call
    /// @throws Failure{not_a_number} naming the frame: a NaN or Inf never reaches a file
    [[nodiscard]] virtual PackedAudio process(AudioView input) = 0;

    /// Samples that had to be clipped so far.
    [[nodiscard]] virtual std::int64_t clipped_samples() const = 0;
};

/// @throws Failure{invalid_plan} for a format, word length or rate that cannot be written
void check_settings(QuantiseSettings const& settings);

inline constexpr int kShaperTaps = 9;

/// Error feedback c of the noise shaper: the noise goes through 1 - sum c[k - 1] z^-k, the minimum
/// phase filter whose power follows the threshold in quiet, capped at 20 dB, at any rate. Rounded
/// to 5 decimals, so that the last bits of a libm do not show.
/// Sources: threshold, dB, f in kHz: Terhardt, Hearing Research 1, 1979, eq. 1; filter: Makhoul,
/// Proc. IEEE 63(4), 1975, eqs. 38a to 38e (Levinson-Durbin) on the inverse of the target.
[[nodiscard]] std::array<double, kShaperTaps> design_shaper(int rate_hz);

} // namespace stemlathe
