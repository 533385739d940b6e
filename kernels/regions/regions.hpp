#pragma once

#include "kernels/equaliser/equaliser.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace stemlathe {

/// A stretch of time with its own gain and equaliser, cross-faded in and out with raised cosines
/// whose inner ends lie at start and end. Outside [start - fade, end + fade] the samples are
/// bit-identical to the input.
struct RegionSettings {
    int rate_hz = 48'000;
    std::int64_t start_frame = 0; ///< 0 or later
    std::int64_t end_frame = 0;   ///< after start; the fade out begins here
    std::int64_t fade_frames = 0; ///< 0 or more
    double gain_db = 0.0;         ///< -96 .. 24, or kSilence_db: digital silence
    std::vector<EqualiserBand> bands{};

    /// First frame that the region may change and the first one after it that it may not.
    [[nodiscard]] std::int64_t first_frame() const noexcept {
        return std::max<std::int64_t>(start_frame - fade_frames, 0);
    }

    [[nodiscard]] std::int64_t last_frame() const noexcept {
        return end_frame + fade_frames;
    }
};

/// @throws Failure{invalid_plan} a value is out of range
void require_valid(RegionSettings const& settings);

} // namespace stemlathe
