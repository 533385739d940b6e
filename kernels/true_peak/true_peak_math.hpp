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

/// A meter looks at blocks of kScreenBlockFrames from one block before the song to one after it,
/// since the interpolated signal rings that far. In front of the block that it screens it keeps the
/// one before, and what that one's own points are made of.
inline constexpr std::int64_t kHistoryFrames = kScreenBlockFrames + kFramesBefore + 1;

/// Frames that have to be there, silence after the song, before all its blocks are looked at.
[[nodiscard]] constexpr std::int64_t frames_to_the_end(std::int64_t song_frames) noexcept {
    auto const last_block = (song_frames + kFramesAfter) / kScreenBlockFrames;
    return (last_block + 2) * kScreenBlockFrames + kFramesAfter;
}

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

/// The reading of a song of `frames` from one whose screen begins one block before the song and
/// ends after it: what rings outside counts to the first and the last.
[[nodiscard]] TruePeakReading fold_to_song(TruePeakReading reading, std::int64_t frames);

/// The same for coarser grids: the frames alone, and with every eighth phase. (For ideal
/// interpolation the latter is 20 log10(1 / cos(pi/4)) = 3.01 dB.) true_peak_test proves both.
inline constexpr double kFramesMargin_db = 8.15;
inline constexpr double kHalfGridMargin_db = 3.0;

[[nodiscard]] float margin_factor(double margin_db);

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
