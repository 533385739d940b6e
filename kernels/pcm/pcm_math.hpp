#pragma once

#include "kernels/base/host_device.hpp"
#include "kernels/base/pcm_format.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace stemlathe::pcm {

/// One little-endian sample at any address as float32, full scale 1.0.
template <SampleFormat kFormat>
STEMLATHE_HD float sample_at(std::byte const* bytes) noexcept;

/// Left-justified in 32 bits, so that one conversion and one scale serve every integer format; both
/// are exact for up to 24 bits.
STEMLATHE_HD float from_left_justified(std::uint32_t word) noexcept {
    return static_cast<float>(static_cast<std::int32_t>(word)) * 0x1.0p-31F;
}

template <>
STEMLATHE_HD float sample_at<SampleFormat::pcm_16>(std::byte const* bytes) noexcept {
    return from_left_justified(
        static_cast<std::uint32_t>(bytes[0]) << 16U | static_cast<std::uint32_t>(bytes[1]) << 24U
    );
}

template <>
STEMLATHE_HD float sample_at<SampleFormat::pcm_24>(std::byte const* bytes) noexcept {
    return from_left_justified(
        static_cast<std::uint32_t>(bytes[0]) << 8U | static_cast<std::uint32_t>(bytes[1]) << 16U |
        static_cast<std::uint32_t>(bytes[2]) << 24U
    );
}

template <>
STEMLATHE_HD float sample_at<SampleFormat::pcm_32>(std::byte const* bytes) noexcept {
    std::uint32_t word = 0;
    memcpy(&word, bytes, sizeof word);
    return from_left_justified(word);
}

template <>
STEMLATHE_HD float sample_at<SampleFormat::float_32>(std::byte const* bytes) noexcept {
    float value = 0.0F;
    memcpy(&value, bytes, sizeof value);
    return value;
}

/// Rounded to nearest; what is beyond float32's range becomes infinite and is refused as such.
template <>
STEMLATHE_HD float sample_at<SampleFormat::float_64>(std::byte const* bytes) noexcept {
    double value = 0.0;
    memcpy(&value, bytes, sizeof value);
    return static_cast<float>(value);
}

/// True for formats that can hold a NaN or Inf.
[[nodiscard]] constexpr bool is_float(SampleFormat format) noexcept {
    return format == SampleFormat::float_32 || format == SampleFormat::float_64;
}

inline constexpr std::uint32_t kMagnitudeBits = 0x7FFF'FFFFU;
inline constexpr std::uint32_t kInfinityBits = 0x7F80'0000U;

/// Neither NaN nor Inf. Works on the bits (IEEE 754-2019, section 3.4), so that no compiler flag
/// can reason it away.
STEMLATHE_HD bool is_finite(float value) noexcept {
    std::uint32_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    return (bits & kMagnitudeBits) < kInfinityBits;
}

} // namespace stemlathe::pcm
