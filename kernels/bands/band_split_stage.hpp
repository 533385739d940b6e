#pragma once

#include "kernels/bands/bands.hpp"
#include "kernels/base/stage.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace stemlathe::bands {

/// All bands but the last come out of the filter; the last is what is missing to the input, so the
/// bands sum to it but for rounding. The same for both drivers.
/// @tparam OverlapSave  the driver's filter
/// @tparam Remainder  has AudioView of(input, filtered): the input minus all bands of `filtered`,
/// one after the other, valid until the next call
template <typename OverlapSave, typename Remainder>
class BandSplitStage final : public SplitStage {
  public:
    explicit BandSplitStage(BandFilters const& filters)
        : filter_(filters.length, filters.taps), bands_(filters.taps.size() + 1) {}

    [[nodiscard]] std::span<AudioView const> process(AudioView input) override {
        return with_last(filter_.process(input));
    }

    [[nodiscard]] std::span<AudioView const> finish() override {
        return with_last(filter_.finish());
    }

  private:
    std::span<AudioView const> with_last(std::span<AudioView const> filtered) {
        std::ranges::copy(filtered, bands_.begin());
        bands_.back() = remainder_.of(filter_.input(), filtered);
        return bands_;
    }

    OverlapSave filter_;
    Remainder remainder_;
    std::vector<AudioView> bands_;
};

} // namespace stemlathe::bands
