#pragma once

#include "host/masking/fix.hpp"
#include "host/masking/fix_forecast.hpp"
#include "host/masking/verification.hpp"

#include <span>
#include <vector>

namespace stemlathe {

/// Chooses how deep each candidate goes: always the next fifth of a decibel where it takes most
/// off the cost, as long as what must be preserved stays within `share` of its limits, as far as
/// that can be foreseen. Boosts come when nothing else goes further. Those that end under half a
/// decibel are left out. A stem whose cuts take more of its loudness than it may lose is raised by
/// the rest, 1.5 dB at most: such gains are added.
/// @param candidates  their gains do not matter
[[nodiscard]] std::vector<Fix> choose_gains(
    std::vector<Fix> candidates,
    FixForecast const& forecast,
    PairSums const& sums,
    Balance const& balance,
    std::span<double const> bands_hz,
    double share
);

/// Gain on every stem that brings the sum back to its loudness, dB, in steps of 0.1.
[[nodiscard]] double makeup_db(Balance const& before, Balance const& after) noexcept;

} // namespace stemlathe
