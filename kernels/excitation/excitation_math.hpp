#pragma once

#include "kernels/base/erb.hpp"
#include "kernels/base/exponential.hpp"
#include "kernels/base/host_device.hpp"
#include "kernels/excitation/excitation.hpp"

#include <cstdint>
#include <vector>

// The auditory filter at f_b passes a line at f with W = (1 + p g) exp(-p g), g = |f - f_b| / f_b.
// Above its centre p is p_u = 4 f_b / ERB(f_b). Below, p = p_u s: s is the steepness that the level
// about the line gives all skirts, the same for every filter. So p g is an affine function of f
// times s, and what is kept of each filter is that function, in octaves: p g log2(e).
// Source: Glasberg & Moore, Hearing Research 47, 1990, eq. 1, and Moore, Glasberg & Baer, JAES
// 45(4), 1997, for filters that stems have in common.

namespace stemlathe::excitation {

/// Powers at the cochlea that count as none, re 0 dB SPL: no excitation is made of denormals.
inline constexpr float kNegligible = 1e-15F;

/// Weights from here on, under -106 dB, count as 0: what a line of 106 dB SPL adds there is under
/// 0 dB, and the threshold in quiet is at 3.7.
inline constexpr float kFarthest_octaves = 40.0F;

inline constexpr float kLn2 = 0.69314718F;

/// Lines [first, first + count).
struct Lines {
    std::int32_t first = 0;
    std::int32_t count = 0;
};

/// One auditory filter.
struct Filter {
    float hz = 0.0F;              ///< centre
    float octaves = 0.0F;         ///< p_u log2(e)
    float octaves_per_hz = 0.0F;  ///< the same over the centre
    float least_steepness = 0.0F; ///< a skirt still falls: p >= 0.1
    std::int32_t below_end = 0;   ///< lines [0, below_end) lie below the centre,
    std::int32_t above_end = 0;   ///< [below_end, above_end) above it and near enough
};

struct Design {
    std::vector<float> gains{};    ///< [lines], full scale to power re 0 dB SPL at the cochlea
    std::vector<float> line_hz{};  ///< [lines]
    std::vector<Lines> levels{};   ///< [lines], those within half an ERB of each
    std::vector<Filter> filters{}; ///< [bands], from low to high

    [[nodiscard]] std::int64_t line_count() const noexcept {
        return static_cast<std::int64_t>(gains.size());
    }

    [[nodiscard]] std::int64_t band_count() const noexcept {
        return static_cast<std::int64_t>(filters.size());
    }
};

/// @throws Failure{invalid_plan} a setting is out of range
[[nodiscard]] Design design(ExcitationSettings const& settings);

/// A line's power at the cochlea re 0 dB SPL.
STEMLATHE_HD float at_cochlea(float power, float gain) noexcept {
    float const there = power * gain;
    return there < kNegligible ? 0.0F : there;
}

inline constexpr double kSteepnessPer_db = 0.35 / (4'000.0 / erb_hz(1'000.0));

/// How steep the lower skirts of all filters are where the power per ERB is `power`, as a share of
/// p_u: 1 - 0.35 / p_u(1 kHz) (X - 51), X its level in dB. May be negative at more than 137 dB.
/// Source: Glasberg & Moore 1990, eq. 5, with the constants of ANSI S3.4-2007.
STEMLATHE_HD float steepness_of(float power) noexcept {
    constexpr auto kPerDoubling = static_cast<float>(kSteepnessPer_db * 3.010299956639812);
    constexpr auto kAt0_db = static_cast<float>(1.0 + 51.0 * kSteepnessPer_db);
    float const doublings = log2_of(power < kNegligible ? kNegligible : power);
    return std::fma(-kPerDoubling, doublings, kAt0_db);
}

/// (1 + x) exp(-x) for x = octaves ln 2 >= 0.
STEMLATHE_HD float roex(float octaves) noexcept {
    float const weight = std::fma(octaves, kLn2, 1.0F) * exp2_within(-octaves);
    return octaves > kFarthest_octaves ? 0.0F : weight; // what is undefined lies farther
}

/// Weight of a line below the centre of a filter: see Filter for the first three.
STEMLATHE_HD float weight_below(
    float octaves, float octaves_per_hz, float least_steepness, float line_hz, float steepness
) noexcept {
    float const steep = steepness < least_steepness ? least_steepness : steepness;
    return roex(steep * std::fma(-line_hz, octaves_per_hz, octaves));
}

/// Weight of a line above the centre, whatever the level.
STEMLATHE_HD float weight_above(float octaves, float octaves_per_hz, float line_hz) noexcept {
    return roex(std::fma(line_hz, octaves_per_hz, -octaves));
}

/// No filter centred higher has a weight for a line below it: 4 (f_b - f) s / ERB(f_b) exceeds what
/// kFarthest_octaves are, and a little more for rounding. Loud lines reach all.
STEMLATHE_HD float reach_hz(float line_hz, float steepness) noexcept {
    constexpr auto kErbAtZero_hz = static_cast<float>(kErb_hz);
    constexpr auto kErbPer_hz = static_cast<float>(kErb_hz * kErbGrowth_per_hz);
    constexpr float kFarthest = kFarthest_octaves * kLn2 * 1.001F;
    constexpr float kEverywhere_hz = 1e9F;
    float const slope = std::fma(4.0F, steepness, -kFarthest * kErbPer_hz);
    float const reach = std::fma(4.0F * steepness, line_hz, kFarthest * kErbAtZero_hz) / slope;
    return slope > 0.0F ? reach : kEverywhere_hz;
}

} // namespace stemlathe::excitation
