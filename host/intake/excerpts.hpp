#pragma once

#include "host/intake/linear_fit.hpp"
#include "host/intake/product_blocks.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe {

/// A stretch of the song that is listened to closely.
struct Excerpt {
    std::int64_t first_frame = 0;       ///< from the start of the window
    std::vector<std::size_t> columns{}; ///< those that play there, as indices into `columns`
};

/// Stretches of `frames` frames in which the columns together are heard at their loudest: every
/// column that sounds at all plays in one of them.
/// @param columns  those to listen to
/// @param least    as many stretches as this where the song is long enough
[[nodiscard]] std::vector<Excerpt> choose_excerpts(
    ProductBlocks const& products,
    BlockRange const& range,
    std::span<std::size_t const> columns,
    std::int64_t frames,
    std::size_t least
);

/// The first of `blocks` blocks in a row, inside `range`, over which `energy(block)` adds up to
/// most; the earliest of equals.
template <typename Energy>
[[nodiscard]] std::size_t
loudest_block(BlockRange const& range, std::size_t blocks, Energy const& energy) {
    double sum = 0.0;
    double most = -1.0;
    std::size_t best = range.first;
    for (auto block = range.first; block < range.end; ++block) {
        sum += energy(block);
        if (block >= range.first + blocks) {
            sum -= energy(block - blocks);
        }
        auto const first = block + 1 >= range.first + blocks ? block + 1 - blocks : range.first;
        if (sum > most * (1.0 + 1e-9)) { // what cancels must not move it
            most = sum;
            best = first;
        }
    }
    return best;
}

} // namespace stemlathe
