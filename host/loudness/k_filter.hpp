#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace stemlathe {

/// The K-weighting of ITU-R BS.1770-5 Annex 1 on one or two channels, float64: the tables of the
/// standard at 48 kHz; at other rates the bilinear transform of the analogue filters behind them.
/// The second meter's own: what steers a render has another.
class KFilter {
  public:
    KFilter(int rate_hz, int channels);

    /// Sum over frames and channels of the squares of the weighted samples.
    /// @param samples  the next frames, interleaved
    double energy(std::span<double const> samples);

  private:
    using Pair [[gnu::vector_size(2 * sizeof(double))]] = double; ///< both channels

    struct Section {
        std::array<double, 3> b{};
        std::array<double, 2> a{}; ///< a1 and a2, where a0 is 1
    };

    /// The last two values at one place.
    struct Last {
        Pair latest{};
        Pair before{};
    };

    struct Analogue;

    static Pair filter(Section const& section, Pair x, Last const& in, Last const& out);
    static Section at_rate(Analogue const& filter, int rate_hz);

    template <std::size_t kChannelCount>
    double energy_of(std::span<double const> samples);

    Section shelf_;
    Section pass_;
    Last in_{};
    Last between_{}; ///< what the shelf gave to the pass
    Last out_{};
    int channels_;
};

} // namespace stemlathe
