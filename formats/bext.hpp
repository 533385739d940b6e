#pragma once

#include "formats/broadcast_wave.hpp"
#include "formats/bytes.hpp"

#include <optional>
#include <span>

/// Private to formats/.
namespace stemlathe::formats {

/// The payload of a bext chunk.
[[nodiscard]] Bytes bext_chunk(BroadcastInfo const& info);

/// What a bext payload says; nothing if it is too short to be one.
[[nodiscard]] std::optional<BroadcastInfo> parsed_bext(std::span<std::byte const> chunk);

} // namespace stemlathe::formats
