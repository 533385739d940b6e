#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace stemlathe::service {

/// A stretch of a file.
struct ByteRange {
    std::int64_t first = 0;
    std::int64_t bytes = 0;
};

/// What a Range field means for a file of `size` bytes (RFC 9110, 14.1.2): "bytes=0-99",
/// "bytes=500-", "bytes=-500". Several ranges and other units count as none.
/// @returns nothing: send all of it; a range of 0 bytes: it lies outside (416)
[[nodiscard]] std::optional<ByteRange> range_of(std::string_view field, std::int64_t size) noexcept;

} // namespace stemlathe::service
