#pragma once

#include "kernels/equaliser/equaliser.hpp"

#include <cstdint>

namespace stemlathe {

/// A stretch of time with its own gain and equaliser, cross-faded in and out with raised cosines
/// whose inner ends lie at start and end. Outside [start - fade, end + fade] the samples are
/// bit-identical to the input.
struct RegionSettings {
    int rate_hz = 48'000;
    std::int64_t start_frame = 0;
    std::int64_t end_frame = 0;
    std::int64_t fade_frames = 0;
    double gain_db = 0.0;
    std::vector<EqualiserBand> bands;
};

} // namespace stemlathe
