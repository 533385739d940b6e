#pragma once

#include <cstdint>
#include <vector>

namespace stemlathe::test {

/// Interleaved stereo float32 test signals. All deterministic.
using Signal = std::vector<float>;

struct SineSettings {
    double hz = 997.0;
    double level_dbfs = -6.0; ///< peak
    double seconds = 1.0;
    int rate_hz = 48'000;
    double phase_rad = 0.0;
};

/// The same sine on both channels.
[[nodiscard]] Signal sine(SineSettings const& settings);

struct NoiseSettings {
    double level_dbfs = -12.0; ///< rms per channel
    std::int64_t frames = 48'000;
    std::uint64_t seed = 1;
};

/// White, uniform distribution, channels independent.
[[nodiscard]] Signal white_noise(NoiseSettings const& settings);

/// Pink (-3 dB/octave to within 0.5 dB from 20 Hz), channels independent.
[[nodiscard]] Signal pink_noise(NoiseSettings const& settings);

/// Drum-like: decaying noise bursts of changing level, with stretches of digital silence between
/// them.
[[nodiscard]] Signal bursts(NoiseSettings const& settings);

[[nodiscard]] Signal silence(std::int64_t frames);

/// Both channels 1.0 at `at`, zero elsewhere.
[[nodiscard]] Signal impulse(std::int64_t frames, std::int64_t at);

[[nodiscard]] Signal scaled(Signal signal, float gain);

/// Left and right exchanged.
[[nodiscard]] Signal swapped(Signal signal);

/// The signal behind `frames` of silence.
[[nodiscard]] Signal delayed(Signal const& signal, std::int64_t frames);

/// Two signals of the same length added.
[[nodiscard]] Signal sum_of(Signal first, Signal const& second);

/// Frequencies from `from_hz` to just below `below_hz`, each `ratio` times the one before.
[[nodiscard]] std::vector<double> frequencies_hz(double from_hz, double below_hz, double ratio);

/// A repeatable value in [0, 1) for every (seed, counter).
[[nodiscard]] double uniform(std::uint64_t seed, std::uint64_t counter) noexcept;

} // namespace stemlathe::test
