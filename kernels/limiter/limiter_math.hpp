#pragma once

#include "kernels/base/audio.hpp"
#include "kernels/base/recursion.hpp"
#include "kernels/base/stage.hpp"
#include "kernels/limiter/limiter.hpp"
#include "kernels/true_peak/true_peak.hpp"
#include "kernels/true_peak/true_peak_math.hpp"

#include <cstdint>
#include <vector>

// How the limiter works. Time is cut into groups of kControlFrames frames; control point j lies at
// the first frame of group j, and the gain of a frame is interpolated between the control points
// around it.
//
//   depth[j]     1 - gain that the highest true peak from control point j to j + 1 asks for
//   held[j]      max of depth[j - 1 - reach .. j + reach]
//   released[j]  never below held: see fast and slow below
//   smooth[j]    sum of weights[k] released[j + k], k = -reach .. reach
//
// Every released value that smooth[j] or smooth[j + 1] is made of is at least depth[j], and the
// weights are a convex combination; so is the interpolation. Hence no frame and no peak between
// frames gets more gain than it allows: the ceiling holds by construction.
// Source: Hamalainen, DAFx 2002, "Smoothing of the control signal without clipped output in digital
// peak limiters", for hold and smoothing; true peak as in ITU-R BS.1770-5 Annex 2.

namespace stemlathe::limiter {

inline constexpr std::int64_t kControlFrames = 8;
inline constexpr std::int64_t kControls = kChunkFrames / kControlFrames; ///< in a canonical chunk
inline constexpr std::int64_t kLaneControls = kControls / kLanes;
inline constexpr std::int64_t kScreenGroups = kScreenBlockFrames / kControlFrames;
inline constexpr std::int64_t kTraceControls = kTraceHopFrames / kControlFrames;

/// Points around control points j and j + 1 take frames that lie this far outside.
inline constexpr std::int64_t kFramesBefore = true_peak::kFramesBefore;
inline constexpr std::int64_t kFramesAfter = true_peak::kFramesAfter;

/// A depth below which a released state is at rest: 1e-6 dB.
inline constexpr double kNegligibleDepth = 1e-7;

/// All that both drivers need to know, derived once from the settings.
struct Plan {
    float gain = 1.0F;         ///< of drive and trim
    float target = 1.0F;       ///< highest peak before the drive that needs no reduction
    float search_level = 1.0F; ///< 4x values at or below it hide no peak above the target
    /// Two detectors in a row make the release depend on the programme: `fast` follows what is held
    /// and falls with the fast time; `slow` is its average over the slow time. The larger of both
    /// counts. A lone peak leaves the average low, so it is forgotten fast; long reduction lifts
    /// the average, which then lets go slowly and fills the gaps between a bass note's crests.
    OnePole fast;
    OnePole slow;
    std::int64_t reach = 1;      ///< control points
    std::vector<double> weights; ///< [2 reach + 1], three stacked boxes, sum 1
    bool has_key = false;
};

/// @throws Failure{invalid_plan} a value is out of range
[[nodiscard]] Plan make_plan(LimiterSettings const& settings);

/// How far a limiter has come. It works in steps: step c searches chunk c, and then the gains of
/// chunk c - 2 are known. The first step is -1, for what rings before the first frame.
struct Progress {
    std::int64_t step = -1; ///< the next one
    std::int64_t frames_in = 0;
    std::int64_t frames_out = 0;

    /// Steps that what came is enough for.
    [[nodiscard]] std::int64_t steps_ready() const noexcept {
        auto const surplus = frames_in - kFramesAfter - (step + 1) * kChunkFrames;
        return surplus < 0 ? 0 : surplus / kChunkFrames + 1;
    }

    /// Steps up to the end where all has come ...
    [[nodiscard]] std::int64_t steps_left() const noexcept {
        return chunks_in() + 2 - step;
    }

    /// ... and the silence that they need behind it.
    [[nodiscard]] std::int64_t silence_needed() const noexcept {
        return (chunks_in() + 2) * kChunkFrames + kFramesAfter - frames_in;
    }

    /// Groups that have come, the last one perhaps in part.
    [[nodiscard]] std::int64_t groups_in() const noexcept {
        return (frames_in + kControlFrames - 1) / kControlFrames;
    }

  private:
    [[nodiscard]] std::int64_t chunks_in() const noexcept {
        return (frames_in + kChunkFrames - 1) / kChunkFrames;
    }
};

/// Silence in front of the song: step -1 needs chunk -3, and what the points there are made of.
inline constexpr std::int64_t kHistoryFrames = 3 * kChunkFrames + kFramesBefore;

/// 1 - the gain that takes `peak` down to `target`. Rounded up by more than float32 can err.
STEMLATHE_HD float depth(float peak, float target) noexcept {
    constexpr float kRounding = 2e-7F;
    return peak > target ? 1.0F - target / peak + kRounding : 0.0F;
}

/// Gain at a control point.
STEMLATHE_HD float control_gain(float gain, double smooth_depth) noexcept {
    return static_cast<float>(static_cast<double>(gain) * (1.0 - smooth_depth));
}

/// Gain of the frame `offset` frames after control point j.
STEMLATHE_HD float frame_gain(float gain_j, float gain_after, int offset) noexcept {
    constexpr float kStep = 1.0F / static_cast<float>(kControlFrames);
    return std::fma(gain_after - gain_j, kStep * static_cast<float>(offset), gain_j);
}

/// Whether a group has to be searched for peaks: a block of the screen within kScreenReach_frames
/// of it is not clear. A 4x value just outside a block may be the one that gives a peak in it away.
/// What rings before the first frame is searched in one group, -1.
/// @param screen  [blocks], nullptr: nothing is known, so every group is suspect
STEMLATHE_HD bool is_suspect(
    std::int64_t group, float const* screen, std::int64_t blocks, float search_level
) noexcept {
    if (group < -1 || screen == nullptr) {
        return group >= -1;
    }
    constexpr std::int64_t kReach = (kScreenReach_frames + kControlFrames - 1) / kControlFrames;
    auto const last = (group + kReach) / kScreenGroups;
    for (auto block = group < kReach ? 0 : (group - kReach) / kScreenGroups; block <= last;
         ++block) {
        if (block < blocks && screen[block] > search_level) {
            return true;
        }
    }
    return false;
}

} // namespace stemlathe::limiter
