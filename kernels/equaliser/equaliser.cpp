#include "kernels/equaliser/equaliser.hpp"

#include "kernels/base/failure.hpp"
#include "kernels/equaliser/target.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace stemlathe {

namespace {

constexpr std::size_t kMostBands = 64;
constexpr std::size_t kMostPoints = 64;
constexpr double kLowest_hz = 10.0;
constexpr double kMostGain_db = 24.0;

/// As a person writes it: 0.7071, 24000.
std::string text(double value) {
    std::array<char, 32> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

/// `what` names the value: "band 3's frequency". A NaN is out of every range.
void require_range(
    double value, double least, double most, std::string const& what, char const* unit
) {
    if (!(value >= least && value <= most)) {
        throw Failure{
            Code::invalid_plan,
            what + " is " + text(value) + unit + "; it must be from " + text(least) + " to " +
                text(most) + unit};
    }
}

void require_valid_curve(
    std::vector<CurvePoint> const& points, double nyquist_hz, std::string const& band
) {
    if (points.empty() || points.size() > kMostPoints) {
        throw Failure{
            Code::invalid_plan,
            band + " has a curve of " + std::to_string(points.size()) +
                " points; it must have from 1 to " + std::to_string(kMostPoints)};
    }
    double before_hz = 0.0;
    for (auto const& point : points) {
        require_range(point.hz, kLowest_hz, nyquist_hz, band + "'s curve point", " Hz");
        require_range(point.gain_db, -kMostGain_db, kMostGain_db, band + "'s curve gain", " dB");
        if (point.hz <= before_hz) {
            throw Failure{
                Code::invalid_plan,
                band + "'s curve goes from " + text(before_hz) + " Hz to " + text(point.hz) +
                    " Hz; its frequencies must rise"};
        }
        before_hz = point.hz;
    }
}

void require_valid_slope(double slope_db_oct, std::string const& band) {
    require_range(slope_db_oct, 6.0, 48.0, band + "'s slope", " dB per octave");
    if (std::remainder(slope_db_oct, 6.0) != 0.0) {
        throw Failure{
            Code::invalid_plan,
            band + "'s slope is " + text(slope_db_oct) +
                " dB per octave; it must be a multiple of 6"};
    }
}

} // namespace

void require_valid(EqualiserSettings const& settings) {
    require_range(settings.rate_hz, 8'000.0, 192'000.0, "the equaliser's sample rate", " Hz");
    if (settings.bands.size() > kMostBands) {
        throw Failure{
            Code::invalid_plan,
            "the equaliser has " + std::to_string(settings.bands.size()) +
                " bands; it may have at most " + std::to_string(kMostBands)};
    }
    double const nyquist_hz = settings.rate_hz / 2.0;
    for (std::size_t i = 0; i < settings.bands.size(); ++i) {
        auto const& band = settings.bands[i];
        auto const name = "equaliser band " + std::to_string(i + 1);
        if (band.type == EqualiserType::curve) {
            require_valid_curve(band.points, nyquist_hz, name);
            continue;
        }
        require_range(band.hz, kLowest_hz, nyquist_hz, name + "'s frequency", " Hz");
        require_range(band.gain_db, -kMostGain_db, kMostGain_db, name + "'s gain", " dB");
        require_range(band.q, 0.1, 30.0, name + "'s Q", "");
        if (band.type == EqualiserType::high_pass || band.type == EqualiserType::low_pass) {
            require_valid_slope(band.slope_db_oct, name);
        }
    }
}

bool is_identity(std::vector<EqualiserBand> const& bands) noexcept {
    return std::ranges::all_of(bands, [](EqualiserBand const& band) {
        switch (band.type) {
        case EqualiserType::high_pass:
        case EqualiserType::low_pass:
        case EqualiserType::notch:
            return false;
        case EqualiserType::curve:
            return std::ranges::all_of(band.points, [](CurvePoint const& point) {
                return point.gain_db == 0.0;
            });
        default:
            return band.gain_db == 0.0;
        }
    });
}

double magnitude(std::vector<EqualiserBand> const& bands, double hz) {
    return equaliser::Target{bands}.at(hz);
}

} // namespace stemlathe
