#include "host/album/side_split.hpp"

#include <algorithm>
#include <limits>

namespace stemlathe {

namespace {

class Split {
  public:
    Split(Album const& album, std::span<double const> lengths_s)
        : album_(album), lengths_s_(lengths_s) {}

    [[nodiscard]] Side side(std::size_t first, std::size_t count) const {
        Side out{.first = first, .count = count};
        for (std::size_t i = first; i < first + count; ++i) {
            out.length_s += lengths_s_[i] + (i > first ? album_.songs[i].gap_s : 0.0);
        }
        return out;
    }

    [[nodiscard]] std::vector<Side> as_told() const {
        std::vector<Side> sides;
        for (std::size_t i = 0; i < lengths_s_.size();) {
            std::size_t count = 1;
            while (i + count < lengths_s_.size() &&
                   album_.songs[i + count].side == album_.songs[i].side) {
                ++count;
            }
            sides.push_back(side(i, count));
            i += count;
        }
        return sides;
    }

    /// The songs in `sides` consecutive groups of which the longest is as short as can be; of those
    /// the one whose first sides are the longest. Dynamic programming over (songs, sides).
    [[nodiscard]] std::vector<Side> evenly(std::size_t sides) const {
        std::size_t const songs = lengths_s_.size();
        constexpr double kNever = std::numeric_limits<double>::infinity();
        // best[k][i]: the longest side when the songs from i on lie on k sides
        std::vector best(sides + 1, std::vector(songs + 1, kNever));
        std::vector count(sides + 1, std::vector<std::size_t>(songs + 1, 0));
        best[0][songs] = 0.0;
        for (std::size_t k = 1; k <= sides; ++k) {
            for (std::size_t i = 0; i < songs; ++i) {
                for (std::size_t n = songs - i; n >= 1; --n) {
                    double const longest = std::max(side(i, n).length_s, best[k - 1][i + n]);
                    if (longest < best[k][i]) {
                        best[k][i] = longest;
                        count[k][i] = n;
                    }
                }
            }
        }
        std::vector<Side> out;
        std::size_t first = 0;
        for (std::size_t k = sides; k >= 1; --k) {
            out.push_back(side(first, count[k][first]));
            first += count[k][first];
        }
        return out;
    }

  private:
    Album const& album_;
    std::span<double const> lengths_s_;
};

} // namespace

std::vector<Side>
split_sides(Album const& album, std::span<double const> lengths_s, SideFormat const& format) {
    Split const split{album, lengths_s};
    auto const songs = lengths_s.size();
    if (songs == 0 || album.songs.front().side) {
        return split.as_told();
    }
    if (songs == 1) {
        return {split.side(0, 1)};
    }
    std::vector<Side> sides;
    for (std::size_t count = 2; count <= songs; count += 2) {
        sides = split.evenly(count);
        bool const fits = std::ranges::all_of(sides, [&](Side const& each) {
            return each.count == 1 || each.length_s <= format.recommended_min * 60.0;
        });
        if (fits) {
            return sides;
        }
    }
    return songs % 2 == 0 ? sides : split.evenly(songs);
}

} // namespace stemlathe
