#include "kernels/base/range.hpp"
#include "kernels/equaliser/dynamic_band_math.hpp"

#include <cmath>
#include <numbers>

namespace stemlathe::dynamic_band {

namespace {

BandPass make_band_pass(double hz, double q, double rate_hz) {
    double const omega = 2.0 * std::numbers::pi * hz / rate_hz;
    double const alpha = std::sin(omega) / (2.0 * q);
    double const a0 = 1.0 + alpha;
    BandPass filter{.b0 = alpha / a0, .a1 = -2.0 * std::cos(omega) / a0, .a2 = (1.0 - alpha) / a0};
    double m[2][2] = {{-filter.a1, 1.0}, {-filter.a2, 0.0}}; // a step of silence
    for (std::int64_t steps = 1; steps < kLaneFrames; steps *= 2) {
        double const squared[2][2] = {
            {m[0][0] * m[0][0] + m[0][1] * m[1][0], m[0][0] * m[0][1] + m[0][1] * m[1][1]},
            {m[1][0] * m[0][0] + m[1][1] * m[1][0], m[1][0] * m[0][1] + m[1][1] * m[1][1]}};
        for (int i = 0; i < 4; ++i) {
            m[i / 2][i % 2] = squared[i / 2][i % 2];
        }
    }
    for (int i = 0; i < 4; ++i) {
        filter.lane[i / 2][i % 2] = m[i / 2][i % 2];
    }
    return filter;
}

} // namespace

Plan make_plan(DynamicBandSettings const& settings) {
    require_in_range("dynamic band: rate_hz", settings.rate_hz, 8000, 384'000);
    require_in_range("dynamic band: hz", settings.band.hz, 10, 0.49 * settings.rate_hz);
    require_in_range("dynamic band: q", settings.band.q, 0.1, 30);
    require_in_range("dynamic band: threshold_db", settings.threshold_db, -120, 0);
    require_in_range("dynamic band: attack_ms", settings.attack_ms, 0.1, 500);
    require_in_range("dynamic band: release_ms", settings.release_ms, 1, 5000);
    constexpr double kWindow_ms = 10.0;
    constexpr double kHalfFade_db = 3.0;
    double const frames_per_ms = settings.rate_hz / 1000.0;
    return {
        .band_pass = make_band_pass(settings.band.hz, settings.band.q, settings.rate_hz),
        .rms = one_pole(kWindow_ms * frames_per_ms),
        .attack = one_pole(settings.attack_ms * frames_per_ms),
        .release = one_pole(settings.release_ms * frames_per_ms),
        .fade_start_db = static_cast<float>(settings.threshold_db - kHalfFade_db)};
}

} // namespace stemlathe::dynamic_band
