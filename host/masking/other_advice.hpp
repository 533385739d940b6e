#pragma once

#include "host/masking/balance.hpp"
#include "host/masking/event.hpp"
#include "host/masking/fix_forecast.hpp"
#include "host/masking/masking_reading.hpp"
#include "host/model/session.hpp"

#include <optional>
#include <span>

namespace stemlathe {

/// What a person could do about an event for which no cut was found, never applied by itself: a
/// high-pass on a masker whose lows are no part of its role, where it covers lows; panning the less
/// important of two centred stems by 40 % to one side, above 500 Hz, where the far ear then hears
/// the other better. nullopt where neither would help by half a decibel.
/// @param stems  of the session, in the order of the analysis
[[nodiscard]] std::optional<MaskingFix> other_advice(
    MaskingEvent const& event,
    std::span<Stem const> stems,
    PairSums const& sums,
    Balance const& balance,
    std::span<double const> bands_hz,
    FixForecast const& forecast
);

} // namespace stemlathe
