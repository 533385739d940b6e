#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace stemlathe::test {

/// The CPU's transform, which lies hidden inside the backend modules, for tests and benches of its
/// own. Each instruction set has a module of it, as the backends have.
class FftProbe {
  public:
    FftProbe() = default;
    FftProbe(FftProbe const&) = delete;
    FftProbe& operator=(FftProbe const&) = delete;
    virtual ~FftProbe() = default;

    /// Circular convolution of `size` interleaved stereo frames with the probe's taps.
    virtual void convolve(float const* frames, float* result) = 0;
};

/// @param isa  "v3" or "v4"
/// @param taps  centred, an odd count below `size`, even symmetry
/// @returns nothing where this processor or this build lacks the instruction set
/// @throws std::runtime_error the module does not open
[[nodiscard]] std::unique_ptr<FftProbe>
open_fft_probe(std::string const& isa, std::int64_t size, std::vector<float> const& taps);

/// What a probe module exports under this name.
using MakeFftProbe = FftProbe* (*)(std::int64_t size, std::vector<float> const* taps);
inline constexpr char const* kMakeFftProbeSymbol = "stemlathe_make_fft_probe";

} // namespace stemlathe::test
