#include "kernels/equaliser/target.hpp"

#include "kernels/base/units.hpp"
#include "kernels/equaliser/equaliser_math.hpp"

#include <algorithm>
#include <cmath>

namespace stemlathe::equaliser {

namespace {

constexpr double kTiltFrom_hz = 20.0;
constexpr double kTiltTo_hz = 20'000.0;

} // namespace

Target::Target(std::vector<EqualiserBand> const& bands) {
    for (auto const& band : bands) {
        if (band.type == EqualiserType::curve) {
            auto& line = lines_.emplace_back();
            for (auto const& point : band.points) {
                line.push_back({std::log2(point.hz), point.gain_db});
            }
        } else if (band.type == EqualiserType::tilt) {
            double const slope_db_oct = band.gain_db / std::log2(kTiltTo_hz / kTiltFrom_hz);
            auto& line = lines_.emplace_back();
            for (double const hz : {kTiltFrom_hz, kTiltTo_hz}) {
                line.push_back({std::log2(hz), slope_db_oct * std::log2(hz / band.hz)});
            }
        } else {
            sections_.push_back(
                {.type = band.type,
                 .hz = band.hz,
                 .a = std::pow(10.0, band.gain_db / 40.0),
                 .q = band.q,
                 .order = static_cast<int>(std::lround(band.slope_db_oct / 6.0))}
            );
        }
    }
}

double Target::at(double hz) const noexcept {
    double power_gain = 1.0;
    for (auto const& section : sections_) {
        power_gain *= power(section, hz);
    }
    double const gain = std::sqrt(power_gain);
    if (lines_.empty()) {
        return gain;
    }
    double const log2_hz = std::log2(std::max(hz, 1e-9));
    double lines_db = 0.0;
    for (auto const& line : lines_) {
        lines_db += gain_db(line, log2_hz);
    }
    return gain * gain_from_db(lines_db);
}

double Target::power(Section const& section, double hz) noexcept {
    double const w2 = square(hz / section.hz);
    switch (section.type) {
    case EqualiserType::bell:
        return bell_power(w2, section.a, section.q);
    case EqualiserType::low_shelf:
        return low_shelf_power(w2, section.a, section.q);
    case EqualiserType::high_shelf:
        return high_shelf_power(w2, section.a, section.q);
    case EqualiserType::high_pass:
        return high_pass_power(w2, section.order);
    case EqualiserType::low_pass:
        return low_pass_power(w2, section.order);
    case EqualiserType::notch:
        return notch_power(w2, section.q);
    case EqualiserType::tilt:
    case EqualiserType::curve:
        break; // these are lines
    }
    return 1.0;
}

double Target::gain_db(Polyline const& line, double log2_hz) noexcept {
    auto const above = std::ranges::upper_bound(line, log2_hz, {}, &Corner::log2_hz);
    if (above == line.begin()) {
        return line.front().gain_db;
    }
    auto const& below = *(above - 1);
    if (above == line.end()) {
        return below.gain_db;
    }
    double const share = (log2_hz - below.log2_hz) / (above->log2_hz - below.log2_hz);
    return below.gain_db + share * (above->gain_db - below.gain_db);
}

} // namespace stemlathe::equaliser
