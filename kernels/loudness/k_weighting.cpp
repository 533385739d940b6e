#include "kernels/base/range.hpp"
#include "kernels/loudness/energies_math.hpp"

#include <cmath>
#include <numbers>

namespace stemlathe::loudness {

namespace {

// The analogue prototype of ITU-R BS.1770-5 Annex 1: with the bilinear transform these values give
// tables 1 and 2 to 1e-15.
constexpr double kShelf_hz = 1681.974450955533;
constexpr double kShelfGain_db = 3.999843853973347;
constexpr double kShelfQ = 0.7071752369554196;
constexpr double kShelfMiddle = 0.4996667741545416; ///< exponent of the gain half-way up
constexpr double kPass_hz = 38.13547087602444;
constexpr double kPassQ = 0.5003270373238773;
constexpr int kTableRate_hz = 48'000;

/// Denominator of a second-order section, 1 + a1 / z + a2 / z^2.
struct Poles {
    double a1 = 0.0;
    double a2 = 0.0;
};

double warped(double hz, int rate_hz) {
    return std::tan(std::numbers::pi * hz / rate_hz);
}

Poles poles(double k, double q) {
    double const a0 = 1.0 + k / q + k * k;
    return {.a1 = 2.0 * (k * k - 1.0) / a0, .a2 = (1.0 - k / q + k * k) / a0};
}

/// Gain at half the rate of 1 / poles, inverted: what a numerator of 1, -2, 1 must be scaled by,
/// and four times as much, for unit gain there.
double pass_level(Poles const& pass) {
    return (1.0 - pass.a1 + pass.a2) / 4.0;
}

} // namespace

KWeighting k_weighting(int rate_hz) {
    double const k = warped(kShelf_hz, rate_hz);
    double const a0 = 1.0 + k / kShelfQ + k * k;
    double const high = std::pow(10.0, kShelfGain_db / 20.0);
    double const middle = std::pow(high, kShelfMiddle);
    auto const shelf = poles(k, kShelfQ);
    auto const pass = poles(warped(kPass_hz, rate_hz), kPassQ);
    auto const table = poles(warped(kPass_hz, kTableRate_hz), kPassQ);
    double const gain = pass_level(pass) / pass_level(table);
    return {
        .b0 = (high + middle * k / kShelfQ + k * k) / a0,
        .b1 = 2.0 * (k * k - high) / a0,
        .b2 = (high - middle * k / kShelfQ + k * k) / a0,
        .a1 = shelf.a1,
        .a2 = shelf.a2,
        .c1 = pass.a1,
        .c2 = pass.a2,
        .power = gain * gain};
}

void check(EnergySettings const& settings) {
    require_in_range("loudness meter: rate_hz", settings.rate_hz, 8'000, 384'000);
    require_in_range("loudness meter: hop_ms", settings.hop_ms, 1, 1'000);
}

} // namespace stemlathe::loudness
