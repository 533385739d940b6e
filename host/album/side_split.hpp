#pragma once

#include "host/album/album.hpp"
#include "host/vinyl/side_plan.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace stemlathe {

/// Songs [first, first + count) of the album lie on one side of a record.
struct Side {
    std::size_t first = 0;
    std::size_t count = 0;
    double length_s = 0.0; ///< gaps between its songs included

    friend bool operator==(Side const&, Side const&) = default;
};

/// Spreads an album over sides, in its order: as album.toml says, else the fewest sides, in pairs,
/// on which nothing is longer than the format holds well, and then so that the longest side is as
/// short as can be. A song longer than a side has one of its own. One song has one side.
/// @param lengths_s  of the songs, without gaps
[[nodiscard]] std::vector<Side>
split_sides(Album const& album, std::span<double const> lengths_s, SideFormat const& format);

} // namespace stemlathe
