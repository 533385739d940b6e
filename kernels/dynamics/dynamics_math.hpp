#pragma once

#include "kernels/base/exponential.hpp"
#include "kernels/base/recursion.hpp"
#include "kernels/dynamics/dynamics.hpp"

namespace stemlathe::dynamics {

/// Level and reduction below which a detector is at rest.
inline constexpr double kNegligiblePower = 1e-30;
inline constexpr double kNegligible_db = 1e-7;

/// The static curve, ready for use: gain_reduction_db costs no division.
struct Curve {
    float knee_start_db = 0.0F; ///< threshold - knee / 2
    float knee_db = 0.0F;
    float knee_scale = 0.0F; ///< 1 / (2 knee), 0 for a hard knee
    float slope = 0.0F;      ///< 1 - 1 / ratio
};

/// All that both drivers need to know, derived once from the settings.
struct Plan {
    Curve curve;
    OnePole rms;
    OnePole attack;
    OnePole release;
    float level_offset_db = 0.0F; ///< of a sine's peak over its mean power for the RMS detector
    float makeup_db = 0.0F;
    float link = 1.0F;
    int streams = 1; ///< gains that are computed: 1 where both channels follow the louder one
    bool is_rms = false;
    bool is_branching = false;
    bool attack_is_faster = true;
    bool is_identity = false;
    bool has_key = false;
};

/// @throws Failure{invalid_plan} a value is out of range
[[nodiscard]] Plan make_plan(DynamicsSettings const& settings);

/// Level in dB of a power; silence reads -300 dB.
STEMLATHE_HD float level_db(float power, float offset_db) noexcept {
    constexpr float kSilence = 1e-30F;
    float const audible = power > kSilence ? power : kSilence;
    return std::fma(0.5F * kDecibelsPerOctave, log2_of(audible), offset_db);
}

/// A channel's level moved towards the louder one's.
STEMLATHE_HD float linked_db(float own_db, float other_db, float link) noexcept {
    float const louder_db = own_db > other_db ? own_db : other_db;
    return std::fma(link, louder_db - own_db, own_db);
}

/// Gain reduction of the static curve, positive dB: level - output level.
/// Source: Giannoulis, Massberg & Reiss, JAES 60(6), 2012, eq. 4; its three pieces are joined by
/// clamping, so that loops over it vectorise.
STEMLATHE_HD float reduction_db(float level_db, Curve const& curve) noexcept {
    float const into_knee_db = level_db - curve.knee_start_db;
    float const bent_db = into_knee_db < 0.0F            ? 0.0F
                          : into_knee_db < curve.knee_db ? into_knee_db
                                                         : curve.knee_db;
    float const beyond_db = into_knee_db - curve.knee_db;
    float const straight_db = beyond_db > 0.0F ? beyond_db : 0.0F;
    return curve.slope * std::fma(bent_db * bent_db, curve.knee_scale, straight_db);
}

/// Next gain reduction of the smooth branching detector, which rises with the attack and falls with
/// the release. Where attack is faster, the branch by x > y is the larger of both one-poles (a
/// convex function of y), else the smaller.
/// Source: Giannoulis, Massberg & Reiss, JAES 60(6), 2012, eq. 16.
STEMLATHE_HD double branched(Plan const& plan, double state, double x) noexcept {
    double const rising = smoothed(plan.attack, state, x);
    double const falling = smoothed(plan.release, state, x);
    return (rising > falling) == plan.attack_is_faster ? rising : falling;
}

/// Linear gain that undoes `reduction_db` and adds the make-up; exactly 1 for 0 and 0.
STEMLATHE_HD float gain(float reduction_db, float makeup_db) noexcept {
    return exp2_of((makeup_db - reduction_db) * (1.0F / kDecibelsPerOctave));
}

} // namespace stemlathe::dynamics
