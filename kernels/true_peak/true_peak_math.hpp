#pragma once

#include "kernels/base/host_device.hpp"
#include "kernels/true_peak/true_peak.hpp"

#include <cmath>

namespace stemlathe::true_peak {

/// The grid that true peak is read on: 16 points per frame, at n + phase / 16. Every fourth phase
/// makes the 4x grid of the screen, which is therefore a part of the 16x grid.
inline constexpr int kPhases = 16;
inline constexpr int kScreenStep = 4;

/// Frames that one point is made of, and how they lie around frame n.
inline constexpr int kTaps = 32;
inline constexpr int kFramesBefore = kTaps / 2 - 1;
inline constexpr int kFramesAfter = kTaps / 2;

/// Interpolator of ITU-R BS.1770-5 Annex 2 ("a method with similar or superior results"): a sinc
/// cut at half the rate under a Kaiser window of beta 5, each phase of unit gain at 0 Hz. Phase 0
/// is the frame itself, exactly. A tone reads within 0.05 dB of its true peak up to 0.42 of the
/// rate (18.5 kHz at 44.1 kHz) and within 0.2 dB up to 20 kHz, the grid's own 0.03 dB included.
/// Source of the window: Kaiser, Proc. IEEE ISCAS 1974, eq. 1.
struct Taps {
    float of[kPhases][kTaps] = {}; ///< tap k of a phase belongs to frame n - kFramesBefore + k
};

/// Computed once, in float64.
[[nodiscard]] Taps const& taps();

/// kScreenMargin_db as a factor, rounded up.
[[nodiscard]] float screen_margin();

/// The screen of a song's own blocks, from one that begins one block before it and ends after it:
/// what rings outside counts to the first and the last.
[[nodiscard]] std::vector<float> fold_screen(std::vector<float> screen, std::int64_t frames);

/// @throws Failure{invalid_plan} where a setting is out of range
void check(TruePeakSettings const& settings);

/// One point between frames of one channel. `first` is that channel's sample of frame
/// n - kFramesBefore in interleaved stereo; kTaps frames are read.
STEMLATHE_HD float point(float const* first, float const (&phase)[kTaps]) {
    float value = 0.0F;
    for (int k = 0; k < kTaps; ++k) {
        value = fmaf(phase[k], first[2 * k], value);
    }
    return value;
}

} // namespace stemlathe::true_peak
