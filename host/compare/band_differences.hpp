#pragma once

#include "host/compare/frames.hpp"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

namespace stemlathe {

/// How much more B has of a third of an octave than A, once they are equally loud.
struct BandDifference {
    double hz = 0.0; ///< nominal centre: 50, 63, 80, ... 20000
    /// dB; nullopt where either has next to nothing there (less than -110 dBFS).
    std::optional<double> difference_db = std::nullopt;
};

/// Compares long-term spectra in the bands of IEC 61260-1 (base ten) from 50 Hz up to 20 kHz, as
/// far as the sample rate reaches; the same moments of both songs are averaged.
/// @param offset_frames  B lags A by this many
/// @param gain_db        on B
/// @throws Failure{not_a_number}; {cancelled}
[[nodiscard]] std::vector<BandDifference> band_differences(
    FrameSource& a,
    FrameSource& b,
    std::int64_t offset_frames,
    double gain_db,
    std::stop_token const& stop
);

} // namespace stemlathe
