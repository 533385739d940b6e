#pragma once

#include "formats/writer.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <vector>

namespace stemlathe {

/// The first `frames` of a file, or that much silence.
struct Piece {
    std::optional<std::filesystem::path> file = std::nullopt;
    std::int64_t frames = 0;
};

/// Writes pieces one after the other, sample by sample as they are. Memory does not grow with them.
/// @param settings  of the result; frames_expected is filled in here
/// @throws as Reader and Writer; Failure{internal} a file is of another rate, depth or channel
/// count, or shorter; {cancelled}
void join_files(
    std::filesystem::path const& path,
    std::vector<Piece> const& pieces,
    EncodeSettings settings,
    std::stop_token const& stop
);

} // namespace stemlathe
