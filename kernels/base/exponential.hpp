#pragma once

#include "kernels/base/host_device.hpp"

#include <cmath>
#include <cstdint>

namespace stemlathe {

// Logarithm and power to base 2 of float32 without a library: the same bits on every processor and
// card, and loops over them vectorise.

inline constexpr float kDecibelsPerOctave = 6.0205999F; ///< of amplitude: 20 log10(2)

/// log2(x), absolute error below 2e-6. `x`: normal, positive.
STEMLATHE_HD float log2_of(float x) noexcept {
    // x = 2^exponent * m, m in [sqrt(1/2), sqrt(2)), and log2(m) = (2 / ln 2) atanh(s) with
    // s = (m - 1) / (m + 1), |s| < 0.172: Abramowitz & Stegun 4.1.27, coefficients refitted.
    constexpr std::uint32_t kSqrtHalf = 0x3f3504f3U;
    auto const bits = __builtin_bit_cast(std::uint32_t, x);
    auto const exponent = static_cast<std::int32_t>(bits - kSqrtHalf) >> 23;
    auto const m = __builtin_bit_cast(float, bits - (static_cast<std::uint32_t>(exponent) << 23U));
    float const s = (m - 1.0F) / (m + 1.0F);
    float const z = s * s;
    float tail = std::fma(z, 0.3205F, 0.4121F);
    tail = std::fma(z, tail, 0.57708F);
    tail = std::fma(z, tail, 0.96179669F);
    float const head = std::fma(2.88539008F, s, static_cast<float>(exponent));
    return std::fma(z * s, tail, head);
}

/// 2^x for x in -126 .. 126, relative error below 3e-7; exactly 1 at 0. Undefined elsewhere.
STEMLATHE_HD float exp2_within(float x) noexcept {
    constexpr float kRound = 12'582'912.0F; // 1.5 * 2^23: adding it rounds to a whole number
    float const shifted = x + kRound;
    float const rest = x - (shifted - kRound); // -0.5 .. 0.5
    float power = 0.0001540353F;               // Taylor series of 2^rest, last terms refitted
    power = std::fma(power, rest, 0.0013333558F);
    power = std::fma(power, rest, 0.0096181291F);
    power = std::fma(power, rest, 0.0555041087F);
    power = std::fma(power, rest, 0.2402265070F);
    power = std::fma(power, rest, 0.6931471806F);
    power = std::fma(power, rest, 1.0F);
    auto const exponent = __builtin_bit_cast(std::uint32_t, shifted) << 23U; // modulo 2^32 is right
    return __builtin_bit_cast(float, __builtin_bit_cast(std::uint32_t, power) + exponent);
}

/// The same for every x, which is clamped to -126 .. 126.
STEMLATHE_HD float exp2_of(float x) noexcept {
    x = x < -126.0F ? -126.0F : x;
    x = x > 126.0F ? 126.0F : x;
    return exp2_within(x);
}

} // namespace stemlathe
