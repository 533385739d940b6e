#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>

namespace stemlathe::service {

/// A card's memory, as its executor told last.
struct CardMemory {
    std::int64_t free_mib = 0;
    std::int64_t total_mib = 0;
};

/// What an executor's message says of its card: "memory": {"free_mib", "total_mib"}.
/// @returns nothing where it says nothing
/// @throws boost::system::system_error  it is no such thing
[[nodiscard]] inline std::optional<CardMemory> card_memory_in(boost::json::object const& message) {
    auto const* const memory = message.if_contains("memory");
    if (memory == nullptr) {
        return std::nullopt;
    }
    return CardMemory{
        .free_mib = memory->at("free_mib").to_number<std::int64_t>(),
        .total_mib = memory->at("total_mib").to_number<std::int64_t>()};
}

} // namespace stemlathe::service
