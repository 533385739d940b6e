#pragma once

#include "kernels/base/units.hpp"
#include "tests/reference/true_peak_reference.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/signals.hpp"

#include <cstdint>

// What the tests of the limiter share: a run, and signals that are hard on it.

namespace stemlathe::test {

inline Signal limited(
    Backend& backend,
    LimiterSettings const& settings,
    Signal const& signal,
    std::int64_t segment_frames = 4096
) {
    auto const stage = backend.make_limiter(settings);
    return run(backend, *stage, signal, segment_frames);
}

/// The highest point between frames, by the product's own interpolator, for what has content up to
/// half the rate.
inline double true_peak_as_documented_db(Signal const& signal) {
    return db_from_gain(reference::true_peak(signal, 16, 16, 5.0).peak);
}

/// Drum-like.
inline Signal limited_drums(std::int64_t frames = 60'000) {
    return bursts({.level_dbfs = -15.0, .frames = frames, .seed = 3});
}

/// Loud noise of full bandwidth with full-scale impulses between.
inline Signal hostile(std::int64_t frames) {
    auto signal = white_noise({.level_dbfs = -10.0, .frames = frames, .seed = 8});
    for (std::int64_t n = 0; n < frames; n += 3'001) {
        signal[static_cast<std::size_t>(2 * n)] = n % 2 == 0 ? 1.0F : -1.0F;
    }
    return signal;
}

} // namespace stemlathe::test
