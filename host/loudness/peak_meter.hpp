#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace stemlathe {

/// The highest values of one channel, linear.
struct ChannelPeak {
    double sample_peak = 0.0;
    double true_peak = 0.0;
    double true_peak_frame = 0.0; ///< where: on a sixteenth of a frame; the first of equal ones

    friend bool operator==(ChannelPeak const&, ChannelPeak const&) = default;
};

/// Sample peak and true peak of one or two channels (ITU-R BS.1770-5 Annex 2, 16x, float64) with
/// silence around the signal. Exact, though most blocks are only looked at on coarser grids: those
/// that cannot hold a new highest value of their channel are left alone.
class PeakMeter {
  public:
    /// @param channels  1 or 2
    explicit PeakMeter(int channels);

    /// The next frames, interleaved.
    void add(std::span<double const> samples);

    /// Flushes; call once. @returns one per channel: the highest |values| on and between samples
    [[nodiscard]] std::vector<ChannelPeak> finish();

  private:
    using Pair = std::array<double, 2>; ///< one per channel; the second stays 0 in mono
    using Levels = std::vector<Pair>;   ///< per block: highest |value| on some grid
    using Marks = std::vector<char>;    ///< per block

    void search();
    template <typename Number>
    void raise(
        Levels& levels,
        Marks const& blocks,
        std::vector<Number> const& window,
        std::initializer_list<std::size_t> phases
    ) const;
    [[nodiscard]] Marks may_exceed(Levels const& levels, double margin, Marks const& among) const;
    [[nodiscard]] Pair by_channel(double even, double odd) const;
    void note_highest(Levels const& levels);
    [[nodiscard]] double place_of_highest(std::size_t block, std::size_t channel) const;

    std::size_t channels_;
    std::array<ChannelPeak, 2> peaks_{};
    std::int64_t first_frame_ = 0; ///< of the window's first block, in the song
    std::vector<double> window_{};
    std::vector<float> narrow_{}; ///< the window for the coarse grids
};

} // namespace stemlathe
