#pragma once

#include "kernels/base/exponential.hpp"
#include "kernels/base/recursion.hpp"
#include "kernels/masking/masking.hpp"

#include <cstdint>
#include <vector>

namespace stemlathe::masking {

/// Excitations under this, -200 dB, linger no longer.
inline constexpr double kGone = 1e-20;

/// What masking is like in one band.
struct Band {
    OnePole smear{};        ///< from hop to hop
    float ratio = 0.0F;     ///< K: excitation over masker that is just heard
    float quiet = 0.0F;     ///< E_q: excitation at the threshold in quiet
    float per_quiet = 0.0F; ///< 1 / E_q
};

/// @returns [bands], from low to high
/// @throws Failure{invalid_plan} a setting is out of range
[[nodiscard]] std::vector<Band> design(MaskingSettings const& settings);

/// The smeared excitation's next state.
STEMLATHE_HD double lingering(OnePole const& smear, double state, float excitation) noexcept {
    double const next = smoothed(smear, state, double{excitation});
    return next < kGone ? 0.0 : next;
}

/// How much of the smeared excitation still masks: half. The noise of a steady masker fluctuates
/// from hop to hop; with all of it such a noise would mask 0.7 dB more than its mean does.
inline constexpr float kRemains = 0.5F;

/// What a stem adds to the threshold of every other.
STEMLATHE_HD float masker(float excitation, double lingering, float ratio) noexcept {
    auto const before = kRemains * static_cast<float>(lingering);
    return ratio * (excitation > before ? excitation : before);
}

/// What a stem needs to be heard, of the maskers before it and behind it in the order of stems: no
/// masker is ever taken out of a sum again, so that a soft one counts beside a loud one.
STEMLATHE_HD float threshold(float before, float behind, float quiet) noexcept {
    return before + behind + quiet;
}

inline constexpr float kDecibelsPerDouble = 0.5F * kDecibelsPerOctave; ///< of power
inline constexpr float kNoMargin_db = -100.0F;

/// Excitation over threshold, where it is larger; -100 dB at the least.
STEMLATHE_HD float margin_db(float left, float right) noexcept {
    constexpr float kLeast = 1e-10F;
    float const better = left > right ? left : right;
    float const db = kDecibelsPerDouble * log2_of(better < kLeast ? kLeast : better);
    return better > kLeast ? (db < kNoMargin_db ? kNoMargin_db : db) : kNoMargin_db;
}

// Limits of what matters to a stem, as ratios of power.
inline constexpr float kPresent = 31.6227766F;     ///< 15 dB: some band is so far over E_q
inline constexpr float kNoticed = 1.99526231F;     ///< 3 dB: a band counts from here on
inline constexpr float kStrongest = 0.0316227766F; ///< -15 dB: and from here on, of the strongest

/// What a band of a stem weighs, before it is divided by the sum of all.
/// @param over_quiet  E / E_q
STEMLATHE_HD float weight(float excitation, float over_quiet, float strongest) noexcept {
    constexpr float kLoudness = 0.23F; // Stevens, Psychol. Rev. 64, 1957
    bool const counts = over_quiet > kNoticed && excitation >= kStrongest * strongest;
    float const powered = exp2_of(kLoudness * log2_of(counts ? over_quiet : 1.0F));
    return counts ? powered : 0.0F;
}

} // namespace stemlathe::masking
