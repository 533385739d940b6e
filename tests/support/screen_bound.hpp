#pragma once

#include <vector>

namespace stemlathe::test {

/// A grid of points between samples: point p of a frame is sum over k of phases[p][k] times the
/// sample k - (taps / 2 - 1) frames from it. Phase 0 is the sample itself. Every `screen_step`th
/// phase belongs to the screen.
struct ScreenedGrid {
    std::vector<std::vector<double>> phases{};
    int screen_step = 1;
};

/// An upper bound for |point| of the whole grid where all screen points within `spread_frames` plus
/// half the taps are at most 1, for any signal whatever.
///
/// Proof by certificate: each point is written as a weighted sum of screen points; the sum of the
/// |weights| is then the bound. The weights are those that are optimal for ideal interpolation
/// (those of M. Riesz's interpolation formula: for a point at s between two screen points 1/f apart
/// they lie on both, alternate in sign from frame to frame, and sum to cos(pi s) / cos(pi / 2f);
/// Boas, Entire Functions, section 11.3), cut off after `spread_frames`. What they miss for finite
/// taps is a sum of samples, which are screen points too, and counts in full.
[[nodiscard]] double screen_bound(ScreenedGrid const& grid, int spread_frames);

} // namespace stemlathe::test
