#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe::test {

/// A stretch of interleaved stereo audio.
struct Stretch {
    double start_s = 0.0;
    double end_s = 0.0;
};

/// Mean power spectrum of a stretch, both channels together: bin i is at i * rate /
/// kSpectrumFrames.
inline constexpr std::size_t kSpectrumFrames = 16'384;
[[nodiscard]] std::vector<double>
mean_spectrum(std::span<float const> interleaved, int rate_hz, Stretch const& stretch);

struct Band {
    double low_hz = 0.0;
    double high_hz = 0.0;
};

/// Energy of a band of a stretch, dB, from Hann windows side by side.
[[nodiscard]] double
band_db(std::span<float const> interleaved, int rate_hz, Stretch const& stretch, Band const& band);

} // namespace stemlathe::test
