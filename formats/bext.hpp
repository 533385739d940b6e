#pragma once

#include "formats/broadcast_wave.hpp"
#include "formats/bytes.hpp"

#include <cstddef>
#include <optional>
#include <span>

/// Private to formats/.
namespace stemlathe::formats {

/// Where the originator's reference lies in a bext payload, and its length (EBU Tech 3285 2.3).
inline constexpr std::size_t kBextReference = 288;
inline constexpr std::size_t kBextReferenceBytes = 32;

/// The payload of a bext chunk.
[[nodiscard]] Bytes bext_chunk(BroadcastInfo const& info);

/// What a bext payload says; nothing if it is too short to be one.
[[nodiscard]] std::optional<BroadcastInfo> parsed_bext(std::span<std::byte const> chunk);

} // namespace stemlathe::formats
