#pragma once

#include "kernels/base/audio.hpp"

#include <cstdint>
#include <vector>

namespace stemlathe {

/// Frames per value of a peak screen.
inline constexpr std::int64_t kScreenBlockFrames = 64;

/// No 16x point lies further than this above the largest 4x point within kScreenReach_frames of it,
/// whatever the signal: a block of the screen cannot exceed a limit that it and both its neighbours
/// keep by this margin. For ideal interpolation the bound is 20 log10(1 / cos(pi/8)) = 0.688 dB
/// (ITU-R BS.1770-5 Annex 2); true_peak_test proves it for this interpolator.
inline constexpr double kScreenMargin_db = 0.7;
inline constexpr std::int64_t kScreenReach_frames = 20;

struct TruePeakSettings {
    int rate_hz = 48'000;
    bool keep_screen = false;
};

struct TruePeakReading {
    double peak = 0.0;         ///< largest |sample| of the 16x oversampled signal, linear
    std::int64_t frame = 0;    ///< where
    std::vector<float> screen; ///< largest 4x value in each kScreenBlockFrames frames, if asked for
};

/// Measures true peak by 16x oversampling where a 4x envelope says that it may matter; flushed at
/// the end.
class TruePeakMeter {
  public:
    TruePeakMeter() = default;
    TruePeakMeter(TruePeakMeter const&) = delete;
    TruePeakMeter& operator=(TruePeakMeter const&) = delete;
    virtual ~TruePeakMeter() = default;

    virtual void process(AudioView input) = 0;
    [[nodiscard]] virtual TruePeakReading finish() = 0;
};

} // namespace stemlathe
