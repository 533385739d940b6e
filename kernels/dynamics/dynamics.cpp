#include "kernels/base/range.hpp"
#include "kernels/dynamics/dynamics_math.hpp"

namespace stemlathe::dynamics {

namespace {

void require_valid(DynamicsSettings const& settings) {
    require_in_range("dynamics: rate_hz", settings.rate_hz, 8000, 384'000);
    require_in_range("dynamics: threshold_db", settings.threshold_db, -80, 0);
    require_in_range("dynamics: ratio", settings.ratio, 1, 100);
    require_in_range("dynamics: knee_db", settings.knee_db, 0, 24);
    require_in_range("dynamics: attack_ms", settings.attack_ms, 0.05, 500);
    require_in_range("dynamics: release_ms", settings.release_ms, 1, 5000);
    require_in_range("dynamics: makeup_db", settings.makeup_db, -24, 24);
    require_in_range("dynamics: rms_ms", settings.rms_ms, 0.1, 1000);
    require_in_range("dynamics: link", settings.link, 0, 1);
}

Curve make_curve(DynamicsSettings const& settings) {
    double const knee_db = settings.knee_db;
    return {
        .knee_start_db = static_cast<float>(settings.threshold_db - 0.5 * knee_db),
        .knee_db = static_cast<float>(knee_db),
        .knee_scale = knee_db > 0.0 ? static_cast<float>(0.5 / knee_db) : 0.0F,
        .slope = static_cast<float>(1.0 - 1.0 / settings.ratio)};
}

} // namespace

Plan make_plan(DynamicsSettings const& settings) {
    require_valid(settings);
    constexpr double kSinePeakOverMeanPower_db = 3.0102999566398120; // 10 log10(2)
    double const frames_per_ms = settings.rate_hz / 1000.0;
    bool const is_rms = settings.detector == Detector::rms;
    return {
        .curve = make_curve(settings),
        .rms = one_pole(settings.rms_ms * frames_per_ms),
        .attack = one_pole(settings.attack_ms * frames_per_ms),
        .release = one_pole(settings.release_ms * frames_per_ms),
        .level_offset_db = is_rms ? static_cast<float>(kSinePeakOverMeanPower_db) : 0.0F,
        .makeup_db = static_cast<float>(settings.makeup_db),
        .link = static_cast<float>(settings.link),
        .streams = settings.link == 1.0 ? 1 : kChannels,
        .is_rms = is_rms,
        .is_branching = settings.ballistics == Ballistics::branching,
        .attack_is_faster = settings.attack_ms <= settings.release_ms,
        .is_identity = settings.ratio == 1.0 && settings.makeup_db == 0.0,
        .has_key = settings.external_key};
}

} // namespace stemlathe::dynamics
