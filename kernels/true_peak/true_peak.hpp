#pragma once

#include "kernels/base/audio.hpp"

#include <cstdint>
#include <vector>

namespace stemlathe {

/// Frames per value of a peak screen.
inline constexpr std::int64_t kScreenBlockFrames = 64;

/// A 4x grid under-reads a band-limited signal by at most 20 log10 cos(pi/8) = -0.69 dB (ITU-R
/// BS.1770-5 Annex 2): what lies further than this below a limit cannot exceed it.
inline constexpr double kScreenMargin_db = 0.7;

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
