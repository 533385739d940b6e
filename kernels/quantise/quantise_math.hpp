#pragma once

#include "kernels/base/host_device.hpp"
#include "kernels/quantise/quantise.hpp"

#include <cmath>
#include <cstdint>

namespace stemlathe::quantise {

/// The error state of the noise shaper restarts at multiples of this, counted from frame 0.
inline constexpr std::int64_t kShaperBlockFrames = 16'384;

/// What the generator is keyed with; one key serves 2^32 samples.
struct DitherKey {
    std::uint32_t start = 0;
    std::uint32_t middle = 0;
};

/// SplitMix64's output function. Source: Steele, Lea & Flood, OOPSLA 2014, figure 16.
STEMLATHE_HD std::uint64_t mix_64(std::uint64_t value) noexcept {
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31U);
}

/// @param sample  2 * frame + channel
STEMLATHE_HD DitherKey dither_key(std::uint64_t seed, std::uint64_t sample) noexcept {
    auto const key = mix_64(mix_64(seed + 0x9E3779B97F4A7C15ULL) + (sample >> 32U));
    return {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32U)};
}

/// 32 random bits for a sample: a hash of its low 32 bits, a different permutation for each key.
/// Source: Wellons, hash-prospector, 2018, "lowbias32", with the key added at its first two steps.
STEMLATHE_HD std::uint32_t random_bits(DitherKey key, std::uint32_t sample) noexcept {
    std::uint32_t bits = sample + key.start;
    bits = (bits ^ (bits >> 16U)) * 0x7FEB352DU;
    bits = ((bits ^ (bits >> 15U)) + key.middle) * 0x846CA68BU;
    return bits ^ (bits >> 16U);
}

/// u1 - u2 + 1/2 in steps of 2^-16: TPDF of 2 LSB peak to peak, and the half of the rounding
/// floor(x + 1/2). Exact in float32. Source: Lipshitz et al. 1992, section 4.4.
STEMLATHE_HD float dither_and_half(DitherKey key, std::uint32_t sample) noexcept {
    auto const bits = random_bits(key, sample);
    auto const difference =
        static_cast<std::int32_t>(bits >> 16U) - static_cast<std::int32_t>(bits & 0xFFFFU);
    return static_cast<float>(difference + 0x8000) * 0x1.0p-16F;
}

/// In LSB, held two steps beyond full scale, where it is clipped anyway: so a level fits an int32.
/// @param full_scale  2^(bits - 1)
STEMLATHE_HD float in_steps(float value, float full_scale) noexcept {
    float const scaled = value * full_scale;
    float const limit = full_scale + 2.0F;
    float const low = scaled < -limit ? -limit : scaled;
    return low > limit ? limit : low;
}

/// floor(steps + shift) without loss: the whole part is split off before the fraction of the dither
/// is added. @param shift  dither and half, -1/2 .. 3/2
STEMLATHE_HD std::int32_t round_with(float steps, float shift) noexcept {
    float const whole = floorf(steps);
    return static_cast<std::int32_t>(whole) +
           static_cast<std::int32_t>(floorf((steps - whole) + shift));
}

/// One tap of error feedback, to be added from the oldest error to the newest.
STEMLATHE_HD double feed_back(double value, double coefficient, double error) noexcept {
    return fma(coefficient, error, value);
}

STEMLATHE_HD std::int32_t clip(std::int32_t level, std::int32_t full_scale) noexcept {
    std::int32_t const low = level < -full_scale ? -full_scale : level;
    return low > full_scale - 1 ? full_scale - 1 : low;
}

} // namespace stemlathe::quantise
