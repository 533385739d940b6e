#pragma once

#include "tests/support/signals.hpp"

#include <cstdint>

namespace stemlathe::test {

/// Frames [first, first + count) of the left channel. Tones are told apart without leakage where
/// each has whole periods in them.
struct Stretch {
    std::int64_t first = 0;
    std::int64_t count = 0;
    int rate_hz = 48'000;
};

/// Peak level of the tone at `hz`, dBFS.
[[nodiscard]] double tone_dbfs(Signal const& signal, double hz, Stretch const& stretch);

/// Power of the harmonics 2..`last` over that of the fundamental, dB.
[[nodiscard]] double thd_db(Signal const& signal, double hz, int last, Stretch const& stretch);

/// Intermodulation of a low tone with a high one: power of the sidebands high +- n low, n = 1..5,
/// over that of the high tone, dB. Source: SMPTE RP 120, which has 60 Hz and 7 kHz at 4:1.
[[nodiscard]] double
intermodulation_db(Signal const& signal, double low_hz, double high_hz, Stretch const& stretch);

} // namespace stemlathe::test
