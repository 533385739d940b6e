#pragma once

#include "host/intake/excerpts.hpp"
#include "host/intake/shifted_source.hpp"

#include <span>
#include <vector>

namespace stemlathe {

/// What was done to a sum of stems to make the reference of it, as far as it can be told. Each
/// `_db` is what is left of the reference, relative to it, once that explanation had its due.
struct BusProcessing {
    double constant_db = 0.0; ///< gains that stay
    /// One gain for all stems that moves: compressor, limiter, fader.
    double moving_db = 0.0;
    /// The same with the stems at `gains`: what one moving gain leaves of a balance of their own.
    double balanced_db = 0.0;
    std::vector<double> gains{};
    double curve_db = 0.0;           ///< a bent input-output curve: clipper, saturation
    double filter_db = 0.0;          ///< a filter that stays: equaliser, codec
    double swing_db = 0.0;           ///< between the 5th and the 95th percentile of the moving gain
    bool is_lower_when_loud = false; ///< that gain falls where the sum is loud: it holds peaks down

    [[nodiscard]] double best_db() const noexcept;
};

/// Gains of stems in a sum, two ways.
struct SumGains {
    std::span<double const> own{};   ///< each as it fits best
    std::span<double const> equal{}; ///< one for all but polarity, and but stems that are not there
};

/// Compares the sum of stems with the reference over the excerpts.
/// Source of the filter's share: Bendat & Piersol, Random Data, 4th ed., eq. 6.37 (coherent output
/// power).
[[nodiscard]] BusProcessing explain_residual(
    std::span<Column const> stems,
    SumGains const& gains,
    Column const& reference,
    std::span<Excerpt const> excerpts,
    std::int64_t excerpt_frames,
    Session const& session,
    Window const& window,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
