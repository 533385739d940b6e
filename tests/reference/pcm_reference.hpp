#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace stemlathe::reference {

/// Value of a little-endian two's complement integer of `bytes.size()` bytes, full scale 1.0:
/// -b[N-1] 2^(N-1) + sum b[i] 2^i over the bits, divided by 2^(N-1).
inline double from_integer(std::span<std::byte const> bytes) {
    auto const bits = static_cast<int>(bytes.size()) * 8;
    double value = 0.0;
    for (int bit = 0; bit < bits; ++bit) {
        auto const byte = std::to_integer<unsigned>(bytes[static_cast<std::size_t>(bit / 8)]);
        if (((byte >> static_cast<unsigned>(bit % 8)) & 1U) != 0) {
            value += (bit == bits - 1 ? -1.0 : 1.0) * std::ldexp(1.0, bit);
        }
    }
    return std::ldexp(value, 1 - bits);
}

/// Value of a little-endian IEEE 754 binary32 or binary64 number.
inline double from_float(std::span<std::byte const> bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        word |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    }
    return bytes.size() == 4 ? std::bit_cast<float>(static_cast<std::uint32_t>(word))
                             : std::bit_cast<double>(word);
}

} // namespace stemlathe::reference
