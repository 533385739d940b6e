#pragma once

#include "host/intake/shifted_source.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace stemlathe {

/// A stem to be looked for, and where it is loudest.
struct Wanted {
    Column column{};
    std::int64_t loudest_frame = 0; ///< of the song: what is looked for begins here
};

/// Looks for stems anywhere in the reference mix, for instance because their leading silence was
/// cut off: ten seconds of each, at an eighth of the rate, by correlation with all of the
/// reference. Exact to some frames; nothing where it is not clearly found.
/// @param reference  at shift 0
/// @returns how many frames later than in its column each stem lies in the reference
[[nodiscard]] std::vector<std::optional<std::int64_t>> search_widely(
    std::span<Wanted const> stems,
    Column const& reference,
    Session const& session,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
