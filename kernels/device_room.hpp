#pragma once

#include "kernels/backend.hpp"

#include <cstdint>
#include <optional>

namespace stemlathe {

/// The memory of a card, of all programs that use it.
struct DeviceRoom {
    std::int64_t free_bytes = 0;
    std::int64_t total_bytes = 0;
};

/// So much has to be free on a card for a render to be begun there. Songs pass in segments, which
/// get shorter where the card is full, so the length of a song does not matter. With the shortest
/// ones (4096 frames) a render takes, on the emulated card (tests/emulated_card): 32 MiB for one
/// stem, 155 for 5, 185 for 16 at 48 kHz, 201 for 5 at 192 kHz, 731 for 64.
inline constexpr std::int64_t kRoomNeeded_bytes = std::int64_t{512} << 20U;

/// What is free on the card that a backend was opened on. May be called from any thread, and waits
/// for nothing that the card is doing.
/// @param choice  as for open_backend
/// @returns nothing where the backend is no card, or the card does not answer
[[nodiscard]] std::optional<DeviceRoom>
room_of(BackendChoice const& choice, Backend const& backend);

} // namespace stemlathe
