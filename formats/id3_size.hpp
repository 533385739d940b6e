#pragma once

#include "formats/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

/// Private to formats/.
namespace stemlathe::formats {

/// Bytes of the ID3v2 tag at the start of a file, 0 if there is none.
[[nodiscard]] inline std::int64_t id3_bytes(std::span<std::byte const, 10> start) {
    if (as_text(start).substr(0, 3) != "ID3") {
        return 0;
    }
    std::int64_t length = 0;
    for (std::byte const seven_bits : start.subspan<6>()) {
        length = (length << 7U) | (std::to_integer<int>(seven_bits) & 0x7F);
    }
    return length + 10;
}

} // namespace stemlathe::formats
