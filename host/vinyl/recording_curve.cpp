#include "host/vinyl/recording_curve.hpp"

#include "kernels/base/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace stemlathe {

namespace {

constexpr double kBass_s = 3180e-6;
constexpr double kMiddle_s = 318e-6;
constexpr double kTreble_s = 75e-6;

/// |1 + jwT|^2
double corner_power(double hz, double time_s) {
    double const wt = 2.0 * std::numbers::pi * hz * time_s;
    return 1.0 + wt * wt;
}

struct Match {
    double hz = 0.0;
    double power = 1.0;
};

double determinant(std::array<std::array<double, 3>, 3> const& m) {
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
           m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

/// c0 and c1 of c0 + c1 z^-1 with c0^2 + c1^2 = sum and 2 c0 c1 = product, |c1| <= |c0|.
std::array<double, 2> factored(double sum, double product) {
    double const root = std::sqrt(std::max(sum * sum - product * product, 0.0));
    double const larger = std::sqrt((sum + root) / 2.0);
    return {larger, product / (2.0 * larger)};
}

/// The first-order section with these powers at these three frequencies. With phi = cos w a
/// section's |H|^2 is (A + B phi) / (1 + C phi), which three values determine.
StereoFilter::Section section_through(std::array<Match, 3> const& matches, int rate_hz) {
    std::array<std::array<double, 3>, 3> rows{};
    std::array<double, 3> right{};
    for (std::size_t i = 0; i < 3; ++i) {
        double const phi = std::cos(2.0 * std::numbers::pi * matches[i].hz / rate_hz);
        rows[i] = {1.0, phi, -matches[i].power * phi};
        right[i] = matches[i].power;
    }
    std::array<double, 3> solved{}; // Cramer's rule
    for (std::size_t column = 0; column < 3; ++column) {
        auto replaced = rows;
        for (std::size_t i = 0; i < 3; ++i) {
            replaced[i][column] = right[i];
        }
        solved[column] = determinant(replaced) / determinant(rows);
    }
    auto const [a0, a1] = factored(1.0, solved[2]);
    auto const [b0, b1] = factored(solved[0], solved[1]);
    return {.b = {b0 / a0, b1 / a0, 0.0}, .a = {a1 / a0, 0.0}};
}

} // namespace

double recording_curve_db(double hz) {
    auto const power = [](double at_hz) {
        return corner_power(at_hz, kBass_s) * corner_power(at_hz, kTreble_s) /
               corner_power(at_hz, kMiddle_s);
    };
    return 10.0 * std::log10(power(hz) / power(1000.0));
}

std::vector<StereoFilter::Section> recording_curve_sections(int rate_hz) {
    auto const bass = [](double hz) {
        return Match{hz, corner_power(hz, kBass_s) / corner_power(hz, kMiddle_s)};
    };
    auto const treble = [](double hz) {
        return Match{hz, corner_power(hz, kTreble_s)};
    };
    std::vector sections{
        section_through({bass(0.0), bass(100.0), bass(1000.0)}, rate_hz),
        section_through({treble(0.0), treble(10'000.0), treble(16'000.0)}, rate_hz)};
    double const at_1k = StereoFilter{sections}.magnitude(1000.0, rate_hz);
    for (auto& b : sections.front().b) {
        b /= at_1k;
    }
    return sections;
}

} // namespace stemlathe
