#pragma once

#include "host/masking/activity.hpp"
#include "kernels/masking/masking.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe {

/// One stem in one hop, as everything that looks for masking sees it. Spans are [bands]; valid
/// while the view it was read from is.
struct StemHop {
    std::int64_t hop = 0; ///< in the song
    std::size_t stem = 0;
    std::size_t stems = 0;
    std::int64_t view_hop = 0;
    MaskingView const* view = nullptr;
    bool plays = false;
    std::span<float const> weight{}; ///< importance, all 0 where the stem does not play
    /// Margin of the filter that hears a component best: the highest within one Cam. A listener
    /// attends to that filter, also off the component's frequency (Patterson, JASA 59(3), 1976);
    /// valleys between the partials of a voice are no place to be covered in.
    std::span<float const> margin_db{};
    std::span<float const> own_margin_db{}; ///< of each band by itself
    std::span<std::uint8_t const> ear{};    ///< 0 left, 1 right: which hears it better

    [[nodiscard]] std::size_t bands() const noexcept {
        return weight.size();
    }

    [[nodiscard]] float excitation(std::size_t band) const noexcept {
        return value(stem, MaskingField::excitation_left, band);
    }

    [[nodiscard]] float threshold(std::size_t band) const noexcept {
        return value(stem, MaskingField::threshold_left, band);
    }

    /// What `masker` adds to the threshold.
    [[nodiscard]] float masker(std::size_t other, std::size_t band) const noexcept {
        return value(other, MaskingField::masker_left, band);
    }

    /// Importance of a band to another stem in this hop.
    [[nodiscard]] std::span<float const> weight_of(std::size_t other) const noexcept {
        return view->of(view_hop, static_cast<std::int64_t>(other), MaskingField::importance);
    }

  private:
    [[nodiscard]] float value(std::size_t of, MaskingField left, std::size_t band) const noexcept {
        auto const field = static_cast<MaskingField>(static_cast<int>(left) + ear[band]);
        return view->of(view_hop, static_cast<std::int64_t>(of), field)[band];
    }
};

/// Makes StemHops of a view, one after the other.
class StemHopReader {
  public:
    StemHopReader(std::size_t bands, double hop_s, Activity const& activity);

    /// Valid until the next call.
    [[nodiscard]] StemHop read(MaskingView const& view, std::int64_t view_hop, std::size_t stem);

  private:
    double hop_s_;
    Activity const& activity_;
    std::vector<float> silence_; ///< [bands] weights of a stem that does not play
    std::vector<float> margin_db_;
    std::vector<std::uint8_t> ear_;
};

} // namespace stemlathe
