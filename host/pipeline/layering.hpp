#pragma once

#include "host/masking/event.hpp"
#include "host/model/session.hpp"
#include "host/pipeline/source.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"

#include <span>
#include <vector>

namespace stemlathe {

/// Magnitude-squared coherence from which on two stems are layers of one thing, as doubles, bleed
/// and duplicates are: neither covers the other.
inline constexpr double kLayered = 0.5;

/// Pairs of stems whose costliest event is coherent in its bands: over 20 s of it at most, the
/// magnitude-squared coherence of the stems' middles (both channels added), averaged over the
/// lines of the spectrum by their power. Polarity and fixed delays of up to some milliseconds do
/// not matter. Source: Carter, Proc. IEEE 75(2), 1987, eq. 1.
/// @param events  the costliest first; at most 8 pairs are looked at
/// @returns each unordered pair once, as the event had it
[[nodiscard]] std::vector<StemPair> layered_pairs(
    Session const& session,
    Window const& window,
    std::span<MaskingEvent const> events,
    std::span<double const> bands_hz,
    double hop_s,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
