#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

namespace stemlathe {

/// Sample peak and true peak of one or two channels (ITU-R BS.1770-5 Annex 2, 16x, float64) with
/// silence around the signal. Exact, though most blocks are only looked at on coarser grids: those
/// that cannot hold a new highest value are left alone.
class PeakMeter {
  public:
    /// @param channels  1 or 2
    explicit PeakMeter(int channels);

    /// The next frames, interleaved.
    void add(std::span<double const> samples);

    /// Flushes; call once. @returns the highest |value| on and between samples, linear
    [[nodiscard]] double finish();

    /// Highest |sample|, linear; complete after finish.
    [[nodiscard]] double sample_peak() const noexcept {
        return sample_peak_;
    }

  private:
    using Levels = std::vector<double>; ///< per block: highest |value| on some grid
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

    std::size_t channels_;
    double sample_peak_ = 0.0;
    double true_peak_ = 0.0;
    std::vector<double> window_{};
    std::vector<float> narrow_{}; ///< the window for the coarse grids
};

} // namespace stemlathe
