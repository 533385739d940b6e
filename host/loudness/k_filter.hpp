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
    struct Section {
        std::array<double, 3> b{};
        std::array<double, 2> a{}; ///< a1 and a2, where a0 is 1
    };

    struct Memory {
        std::array<double, 2> shelf{};
        std::array<double, 2> pass{};
    };

    struct Analogue;

    static Section at_rate(Analogue const& filter, int rate_hz);

    template <std::size_t kCount>
    double energy_of(std::span<double const> samples);

    Section shelf_;
    Section pass_;
    std::array<Memory, 2> memory_{}; ///< [channels]
    int channels_;
};

} // namespace stemlathe
