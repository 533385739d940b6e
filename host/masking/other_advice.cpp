#include "host/masking/other_advice.hpp"

#include "host/masking/cut_curve.hpp"

#include <cmath>
#include <numbers>

namespace stemlathe {

namespace {

constexpr double kLeastGain_db = 0.5;
constexpr double kLow_hz = 150.0; ///< events that end under it are about lows
constexpr double kHighPass_hz = 100.0;
constexpr double kLocated_hz = 500.0; ///< from here on panning is heard as a place
constexpr double kPan = 0.4;
constexpr double kCentred_db = 1.0; ///< between the ears, at most

bool lives_in_the_lows(Role role) {
    return role == Role::bass || role == Role::drums;
}

/// A change of the masker as the forecast knows it.
Fix change_of(MaskingEvent const& event, std::vector<double> power) {
    return {.pair = event.pair, .power = std::move(power)};
}

std::optional<MaskingFix> advice(
    MaskingEvent const& event, Fix const& change, MaskingFix shown, FixForecast const& forecast
) {
    double const was_db = mean_margin_db(event, main_bands(event));
    double const then_db = forecast.margin_db(std::span{&change, 1}, event);
    if (then_db - was_db < kLeastGain_db) {
        return std::nullopt;
    }
    shown.predicted_margin_db = then_db;
    shown.note = "A change of the arrangement: yours to decide.";
    return shown;
}

} // namespace

std::optional<MaskingFix> other_advice(
    MaskingEvent const& event,
    std::span<Stem const> stems,
    PairSums const& sums,
    Balance const& balance,
    std::span<double const> bands_hz,
    FixForecast const& forecast
) {
    auto const bands = main_bands(event);
    auto const [masked, masker] = event.pair;
    if (bands_hz[bands.high] <= kLow_hz && !lives_in_the_lows(stems[masker].role)) {
        EqualiserBand pass;
        pass.type = EqualiserType::high_pass;
        pass.hz = kHighPass_hz;
        return advice(
            event,
            change_of(event, band_powers(pass, bands_hz)),
            {.stem = stems[masker].file, .type = "high-pass", .hz = kHighPass_hz},
            forecast
        );
    }
    bool const is_centred = std::abs(balance.stem_side_db[masked]) < kCentred_db &&
                            std::abs(balance.stem_side_db[masker]) < kCentred_db;
    bool const gives_way =
        sums.goal(masker, bands.low).priority <= sums.goal(masked, bands.low).priority;
    if (bands_hz[bands.low] < kLocated_hz || !is_centred || !gives_way) {
        return std::nullopt;
    }
    // The far channel of a balance keeps cos^2 of its power, and the far ear hears the other
    // better.
    double const kept = std::pow(std::cos(kPan * std::numbers::pi / 2.0), 2.0);
    return advice(
        event,
        change_of(event, std::vector<double>(bands_hz.size(), kept)),
        {.stem = stems[masker].file, .type = "pan", .pan = kPan},
        forecast
    );
}

} // namespace stemlathe
