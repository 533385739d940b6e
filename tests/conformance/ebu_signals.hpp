#pragma once

#include "tests/support/signals.hpp"

#include <span>
#include <vector>

namespace stemlathe::test {

/// A stretch of the EBU's 1000 Hz stereo tone.
struct Tone {
    double seconds = 0.0;
    double level_dbfs = 0.0; ///< peak of each channel; kMute for silence
};

inline constexpr double kMute = -1000.0;

/// The tones one after the other, without a step in phase.
[[nodiscard]] Signal tones(int rate_hz, std::span<Tone const> list);

/// The list `times` times over.
[[nodiscard]] std::vector<Tone> repeated(std::span<Tone const> list, int times);

/// Cases 15 to 19 of EBU Tech 3341: a sine of rate / `divisor`, faded in and out over 10 ms.
[[nodiscard]] Signal peak_tone(int rate_hz, int divisor, double amplitude, double phase_deg);

/// Cases 20 to 23: rate / 6 at 0.5 with one period of rate / 4 at 1.0 inside, without a step in
/// phase; made at four times the rate, band-limited, and decimated from sample `offset` (0..3) on.
[[nodiscard]] Signal peak_burst(int rate_hz, int offset);

} // namespace stemlathe::test
