#pragma once

#include "kernels/base/exponential.hpp"
#include "kernels/base/recursion.hpp"
#include "kernels/equaliser/equaliser.hpp"

namespace stemlathe::dynamic_band {

/// Power and weight below which a detector is at rest.
inline constexpr double kNegligiblePower = 1e-30;
inline constexpr double kNegligibleWeight = 1e-9;

/// State of the key's filter, transposed direct form II.
struct FilterState {
    double first = 0.0;
    double second = 0.0;
};

/// Band-pass of 0 dB at its centre. Its state is linear, so lanes fold as those of a one-pole do,
/// with a matrix in place of a factor.
/// Source: RBJ Audio EQ Cookbook, "BPF (constant 0 dB peak gain)".
struct BandPass {
    double b0 = 1.0; ///< b1 is 0, b2 is -b0
    double a1 = 0.0;
    double a2 = 0.0;
    double lane[2][2] = {}; ///< what a lane of silence does to the state
};

/// All that both drivers need to know, derived once from the settings.
struct Plan {
    BandPass band_pass;
    OnePole rms;
    OnePole attack;
    OnePole release;
    float fade_start_db = 0.0F; ///< level at which the weight begins to rise
};

/// @throws Failure{invalid_plan} a value is out of range
[[nodiscard]] Plan make_plan(DynamicBandSettings const& settings);

/// The filter's next output; `state` moves on. `Value` is a double or several side by side.
template <typename Value, typename Fused>
STEMLATHE_HD Value band_passed(
    BandPass const& filter, Value& first, Value& second, Value x, Fused const& fused
) noexcept {
    Value const taken = filter.b0 * x;
    Value const y = taken + first;
    first = fused(-filter.a1, y, second);
    second = fused(-filter.a2, y, -taken);
    return y;
}

/// State after a lane that starts in `state`, given what the lane makes of rest.
STEMLATHE_HD FilterState
filtered_lane(BandPass const& filter, FilterState state, FilterState from_rest) noexcept {
    auto const& m = filter.lane;
    return {
        .first = std::fma(m[0][0], state.first, std::fma(m[0][1], state.second, from_rest.first)),
        .second =
            std::fma(m[1][0], state.first, std::fma(m[1][1], state.second, from_rest.second))};
}

/// A state that has decayed to nothing becomes 0, see recursion.hpp.
STEMLATHE_HD FilterState at_chunk_boundary(FilterState state) noexcept {
    constexpr double kNegligible = 1e-30;
    bool const is_at_rest = state.first < kNegligible && state.first > -kNegligible &&
                            state.second < kNegligible && state.second > -kNegligible;
    return is_at_rest ? FilterState{} : state;
}

/// How much of the band the key's mean power in it asks for, 0 .. 1.
STEMLATHE_HD float aim(float power, float fade_start_db) noexcept {
    constexpr float kSilence = 1e-30F;
    constexpr float kSinePeakOverMeanPower_db = 3.0103F;
    constexpr float kFade_db = 6.0F;
    float const audible = power > kSilence ? power : kSilence;
    float const level_db =
        std::fma(0.5F * kDecibelsPerOctave, log2_of(audible), kSinePeakOverMeanPower_db);
    float const part = (level_db - fade_start_db) * (1.0F / kFade_db);
    return part < 0.0F ? 0.0F : part < 1.0F ? part : 1.0F;
}

/// x + weight (wet - x): exactly x where the weight is 0, the sign of a zero too.
STEMLATHE_HD float blended(float dry, float wet, float weight) noexcept {
    float const blend = std::fma(weight, wet - dry, dry);
    return weight == 0.0F ? dry : blend;
}

} // namespace stemlathe::dynamic_band
