#pragma once

#include <array>
#include <cstddef>

namespace stemlathe {

/// Grid of the second meter: 16 points per frame, each made of 48 frames.
inline constexpr int kPeakPhases = 16;
inline constexpr int kPeakTaps = 48;
inline constexpr int kPeakFramesBefore = kPeakTaps / 2 - 1;
inline constexpr int kPeakFramesAfter = kPeakTaps / 2;

using PeakPhases = std::array<std::array<double, kPeakTaps>, kPeakPhases>;

/// The interpolator: point p between two frames is the sum over k of [p][k] times the sample
/// k - kPeakFramesBefore frames from the first; phase 0 is the sample itself. A sinc under a Kaiser
/// window of beta 6 (Kaiser, Proc. IEEE ISCAS 1974, eq. 1): tones up to 0.454 of the rate (20 kHz
/// at 44.1 kHz) read within 0.04 dB of their true peak.
[[nodiscard]] PeakPhases const& peak_phases();

/// What the whole grid may exceed a coarser one by, whatever the signal, where the coarser one is
/// looked at up to kPeakReach_frames away: the samples alone, every eighth and every fourth phase.
/// Each holds kCoarseRounding too. meter_test proves it. (For ideal interpolation the last two are
/// 1 / cos(pi/4), 1 / cos(pi/8).)
inline constexpr double kSampleMargin = 2.75;
inline constexpr double kHalfGridMargin = 1.4;
inline constexpr double kQuarterGridMargin = 1.083;
inline constexpr int kPeakReach_frames = 28;

inline constexpr double kCoarseRounding = 1e-4;

/// Values that highest_between looks at in one step.
inline constexpr std::size_t kScanStep = 64;

/// Highest |point| of the values at even places and of those at odd ones: of two interleaved
/// channels, one each.
template <typename Number>
using HighestPair = std::array<Number, 2>;

/// Highest |point| at one phase of `count` neighbouring values, a multiple of kScanStep.
/// @param first     the first value; kPeakFramesBefore frames before it are read, and
///                  kPeakFramesAfter after the last
/// @param channels  interleaved channels, 1 or 2
[[nodiscard]] HighestPair<double>
highest_between(double const* first, std::size_t count, std::size_t channels, std::size_t phase);

/// The same at twice the speed, to within kCoarseRounding of the highest sample: for the coarse
/// grids, whose margins hold that too.
[[nodiscard]] HighestPair<float>
highest_between(float const* first, std::size_t count, std::size_t channels, std::size_t phase);

} // namespace stemlathe
