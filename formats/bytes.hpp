#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// Numbers and texts in byte streams, for the file headers of this folder. Private to it.
namespace stemlathe::formats {

using Bytes = std::vector<std::byte>;

/// A whole number from its bytes, least significant first. The caller has checked the length.
template <std::unsigned_integral T>
[[nodiscard]] T little_endian(std::span<std::byte const> bytes, std::size_t at) noexcept {
    T value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) {
        value = static_cast<T>((value << 8U) | std::to_integer<T>(bytes[at + i]));
    }
    return value;
}

/// A whole number from its bytes, most significant first. The caller has checked the length.
template <std::unsigned_integral T>
[[nodiscard]] T big_endian(std::span<std::byte const> bytes, std::size_t at) noexcept {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        value = static_cast<T>((value << 8U) | std::to_integer<T>(bytes[at + i]));
    }
    return value;
}

template <std::unsigned_integral T>
void put_little_endian(Bytes& bytes, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        bytes.push_back(static_cast<std::byte>((value >> (8U * i)) & 0xFFU));
    }
}

template <std::unsigned_integral T>
void put_big_endian(Bytes& bytes, T value) {
    for (std::size_t i = sizeof(T); i-- > 0;) {
        bytes.push_back(static_cast<std::byte>((value >> (8U * i)) & 0xFFU));
    }
}

inline void put_text(Bytes& bytes, std::string_view text) {
    for (char const letter : text) {
        bytes.push_back(static_cast<std::byte>(letter));
    }
}

inline void put_bytes(Bytes& bytes, std::span<std::byte const> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
}

/// `text` cut or filled with zeros to exactly `length` bytes.
inline void put_field(Bytes& bytes, std::string_view text, std::size_t length) {
    put_text(bytes, text.substr(0, length));
    bytes.resize(bytes.size() + length - std::min(length, text.size()));
}

[[nodiscard]] inline std::string_view as_text(std::span<std::byte const> bytes) noexcept {
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline std::span<std::byte const> as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span(text.data(), text.size()));
}

} // namespace stemlathe::formats
