#pragma once

#include "kernels/base/audio.hpp"
#include "kernels/base/pcm_format.hpp"

#include <cstdint>

namespace stemlathe {

enum class Dither { none, tpdf, shaped };

/// Float to the bytes that a file holds. Integers are dithered with TPDF of 2 LSB peak to peak,
/// independent per channel, drawn from a counter (the frame's index and the seed), then rounded;
/// `shaped` feeds the error back through a 9-tap filter (error state restarts every 16,384 frames,
/// which makes it parallel). `pcm_32` is left-justified 24-bit. Values beyond full scale are
/// clipped and counted, never wrapped.
struct QuantiseSettings {
    int rate_hz = 44'100;
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

} // namespace stemlathe
