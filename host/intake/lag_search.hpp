#pragma once

#include "host/intake/excerpts.hpp"
#include "host/intake/shifted_source.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace stemlathe {

/// Where in the reference a stem is found, relative to where it was taken to be.
struct LagReading {
    std::int64_t near_frames = 0; ///< nearest whole lag in a narrow range; positive: it is late
    double fraction = 0.0;        ///< of a frame, beyond near_frames
    double share = 0.0;           ///< of what is left over that moving it by near_frames explains
    double fraction_share = 0.0;  ///< the same for moving it by near_frames + fraction
    std::optional<std::int64_t> far_frames = std::nullopt; ///< where it clearly lies instead
};

/// Lags up to this are near: found by what they explain, not by a peak of their own.
[[nodiscard]] std::int64_t near_lag_frames(int rate_hz) noexcept;

/// Frames of an excerpt that lags are read from, a power of two; far lags go to half of it.
[[nodiscard]] std::int64_t lag_excerpt_frames(int rate_hz, std::size_t stems) noexcept;

/// Stems, each with the gain that it was found to have, against the reference. Each stem is looked
/// for in what the others leave of the reference, by its impulse response there.
/// Source: Knapp & Carter, IEEE Trans. ASSP 24(4), 1976 (generalised cross-correlation, the Roth
/// processor for far lags, plain correlation for near ones).
[[nodiscard]] std::vector<LagReading> read_lags(
    std::span<Column const> stems,
    std::span<double const> gains,
    Column const& reference,
    std::span<Excerpt const> excerpts,
    Session const& session,
    Window const& window,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
