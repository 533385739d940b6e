#include "host/intake/excerpts.hpp"

#include <algorithm>
#include <cstdlib>

namespace stemlathe {

namespace {

constexpr std::size_t kExcerpts_max = 12;

/// A column plays where it has this share of the energy that it has where it is loudest.
constexpr double kPlays = 0.25;

/// Energies of one column in stretches.
class Loudness {
  public:
    Loudness(
        ProductBlocks const& products,
        BlockRange const& range,
        std::size_t column,
        std::size_t blocks
    )
        : products_(products),
          range_(range),
          column_(column),
          blocks_(blocks),
          loudest_(loudest_block(range, blocks, [&](std::size_t block) {
              return products.at(block, column, column);
          })) {}

    [[nodiscard]] std::size_t loudest() const noexcept {
        return loudest_;
    }

    [[nodiscard]] double energy(std::size_t first) const {
        double sum = 0.0;
        for (auto block = first; block < std::min(first + blocks_, range_.end); ++block) {
            sum += products_.at(block, column_, column_);
        }
        return sum;
    }

    [[nodiscard]] bool plays_at(std::size_t first) const {
        double const most = energy(loudest_);
        return most > 0.0 && energy(first) >= kPlays * most;
    }

  private:
    ProductBlocks const& products_;
    BlockRange range_;
    std::size_t column_;
    std::size_t blocks_;
    std::size_t loudest_;
};

bool overlaps(std::span<std::size_t const> chosen, std::size_t first, std::size_t blocks) {
    return std::ranges::any_of(chosen, [&](std::size_t other) {
        return std::max(other, first) - std::min(other, first) < blocks;
    });
}

} // namespace

std::vector<Excerpt> choose_excerpts(
    ProductBlocks const& products,
    BlockRange const& range,
    std::span<std::size_t const> columns,
    std::int64_t frames,
    std::size_t least
) {
    auto const blocks =
        static_cast<std::size_t>(std::max<std::int64_t>(frames / products.block_frames, 1));
    std::vector<Loudness> loudness;
    for (auto const column : columns) {
        loudness.emplace_back(products, range, column, blocks);
    }
    std::vector<std::size_t> chosen;
    for (auto const& column : loudness) {
        auto const is_heard = [&](std::size_t first) {
            return column.plays_at(first);
        };
        bool const sounds = column.energy(column.loudest()) > 0.0;
        if (sounds && chosen.size() < kExcerpts_max && !std::ranges::any_of(chosen, is_heard)) {
            chosen.push_back(column.loudest());
        }
    }
    // Then evenly over the song, where nothing was chosen yet.
    for (std::size_t part = 0; part < 2 * least && chosen.size() < least; ++part) {
        auto const last = range.end - range.first > blocks ? range.end - blocks : range.first;
        auto const first = range.first + (last - range.first) * part / (2 * least);
        if (!overlaps(chosen, first, blocks)) {
            chosen.push_back(first);
        }
    }
    std::ranges::sort(chosen);
    std::vector<Excerpt> excerpts;
    for (auto const first : chosen) {
        Excerpt excerpt{.first_frame = static_cast<std::int64_t>(first) * products.block_frames};
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (loudness[i].plays_at(first)) {
                excerpt.columns.push_back(i);
            }
        }
        excerpts.push_back(std::move(excerpt));
    }
    return excerpts;
}

} // namespace stemlathe
