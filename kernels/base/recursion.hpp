#pragma once

#include "kernels/base/audio.hpp"
#include "kernels/base/host_device.hpp"

#include <cmath>
#include <cstdint>

namespace stemlathe {

// First-order recursions that can be cut into lanes and joined again. A lane is run from rest to
// learn what it does to any state it may start from; these maps are folded in order; then each lane
// runs from its true start. Both backends cut at the same frames and compute the same operations in
// float64, so they give the same bits.
// Source: Blelloch, "Prefix sums and their applications", CMU-CS-90-190, 1990, section 1.4.

/// Steps in a lane, counted from sample 0, and lanes in a canonical chunk.
inline constexpr std::int64_t kLaneFrames = 256;
inline constexpr std::int64_t kLanes = kChunkFrames / kLaneFrames;

/// y[n] = keep y[n-1] + take x[n], with both in 0..1 and keep + take = 1.
struct OnePole {
    double keep = 0.0;
    double take = 1.0;
    double keep_lane = 0.0; ///< keep to the power of a lane's steps
};

/// A one-pole that covers 63.2 % of a step in `time_frames`.
[[nodiscard]] inline OnePole one_pole(double time_frames, std::int64_t lane_steps = kLaneFrames) {
    double const keep = std::exp(-1.0 / time_frames);
    return {
        .keep = keep,
        .take = -std::expm1(-1.0 / time_frames),
        .keep_lane = std::exp(-static_cast<double>(lane_steps) / time_frames)};
}

STEMLATHE_HD double larger(double a, double b) noexcept {
    return a > b ? a : b;
}

/// The one-pole's next state.
STEMLATHE_HD double smoothed(OnePole const& pole, double state, double x) noexcept {
    return std::fma(pole.keep, state, pole.take * x);
}

/// Next state of a detector that rises at once and falls as the one-pole: max(x, smoothed).
/// Source: Giannoulis, Massberg & Reiss, JAES 60(6), 2012, eq. 17, first line.
STEMLATHE_HD double released(OnePole const& pole, double state, double x) noexcept {
    return larger(x, smoothed(pole, state, x));
}

/// State after a lane that starts in `state`, given what the lane makes of rest (state 0).
STEMLATHE_HD double smoothed_lane(OnePole const& pole, double state, double from_rest) noexcept {
    return std::fma(pole.keep_lane, state, from_rest);
}

/// The same for `released` and states >= 0, whose map of a lane is the larger of what `released`
/// and what the one-pole alone do: max(released_from_rest, keep_lane state + smoothed_from_rest).
STEMLATHE_HD double released_lane(
    OnePole const& pole, double state, double released_from_rest, double smoothed_from_rest
) noexcept {
    return larger(released_from_rest, smoothed_lane(pole, state, smoothed_from_rest));
}

/// A state that has decayed below anything audible becomes 0, so that silence costs no denormals
/// and ends in exact rest. Applied where canonical chunks meet.
STEMLATHE_HD double at_chunk_boundary(double state, double negligible) noexcept {
    return state < negligible ? 0.0 : state;
}

} // namespace stemlathe
