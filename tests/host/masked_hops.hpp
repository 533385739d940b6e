#pragma once

#include "host/masking/event_finder.hpp"
#include "host/masking/stem_hop.hpp"
#include "kernels/base/erb.hpp"
#include "kernels/masking/masking.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe::test {

/// A hop of these songs: round, so that what is said in milliseconds is a whole number of hops.
inline constexpr double kTestHop_s = 0.01;

/// Hops and bands, the last ones included.
struct Cells {
    HopRange hops{};
    BandRange bands{};
};

/// Centres every half Cam, as the product's.
[[nodiscard]] inline std::vector<double> half_cams(std::size_t bands) {
    std::vector<double> out;
    out.reserve(bands);
    for (std::size_t b = 0; b < bands; ++b) {
        out.push_back(hz_of_cam(1.8 + 0.5 * static_cast<double>(b)));
    }
    return out;
}

/// The power that has this share of a threshold of which the quiet, 1, is the rest.
[[nodiscard]] constexpr float masker_with_share(float share) noexcept {
    return share / (1.0F - share);
}

/// What the masking stage would say of a song, with the figures chosen by hand and the others
/// following from them: threshold = the maskers of all others + 1, excitation = threshold x margin,
/// both ears alike. Where nothing is set a stem has no importance, no margin and masks nobody.
class MaskedHops {
  public:
    MaskedHops(std::size_t stems, std::size_t bands, std::int64_t hops)
        : stems_(stems),
          bands_(bands),
          hops_(hops),
          values_(stems * bands * static_cast<std::size_t>(hops * kMaskingFields), 0.0F) {
        for (std::size_t stem = 0; stem < stems; ++stem) {
            fill(stem, everywhere(), MaskingField::margin_db, -100.0F);
        }
    }

    [[nodiscard]] Cells everywhere() const noexcept {
        return {.hops = {.first = 0, .last = hops_ - 1}, .bands = {.low = 0, .high = bands_ - 1}};
    }

    void set_margin(std::size_t stem, Cells cells, float margin_db) {
        fill(stem, cells, MaskingField::margin_db, margin_db);
    }

    void set_importance(std::size_t stem, Cells cells, float importance) {
        fill(stem, cells, MaskingField::importance, importance);
    }

    /// What the stem adds to the thresholds of the others.
    void set_masker(std::size_t stem, Cells cells, float power) {
        fill(stem, cells, MaskingField::masker_left, power);
        fill(stem, cells, MaskingField::masker_right, power);
    }

    [[nodiscard]] float& at(std::int64_t hop, std::size_t stem, MaskingField field, std::size_t b) {
        auto const row = (static_cast<std::size_t>(hop) * stems_ + stem) * kMaskingFields +
                         static_cast<std::size_t>(field);
        return values_[row * bands_ + b];
    }

    /// Hops from `first` on, with thresholds and excitations as they now are.
    [[nodiscard]] MaskingView view(std::int64_t first, std::int64_t hops) {
        for (auto hop = first; hop < first + hops; ++hop) {
            for (std::size_t stem = 0; stem < stems_; ++stem) {
                settle(hop, stem);
            }
        }
        return {
            .values = &at(first, 0, MaskingField{}, 0),
            .hops = hops,
            .stems = static_cast<std::int64_t>(stems_),
            .bands = static_cast<std::int64_t>(bands_),
            .position = first};
    }

    /// Reads every stem of every hop in the order of the product.
    /// @param take  is given a StemHop
    template <typename Take>
    void pass(Activity const& activity, std::int64_t view_hops, Take&& take) {
        StemHopReader reader{bands_, kTestHop_s, activity};
        for (std::int64_t first = 0; first < hops_; first += view_hops) {
            auto const passing = view(first, std::min(view_hops, hops_ - first));
            for (std::int64_t hop = 0; hop < passing.hops; ++hop) {
                for (std::size_t stem = 0; stem < stems_; ++stem) {
                    take(reader.read(passing, hop, stem));
                }
            }
        }
    }

    template <typename Take>
    void pass(Take&& take) {
        pass(all_play(), hops_, take);
    }

    /// Every stem plays all the time.
    [[nodiscard]] Activity all_play() const {
        std::vector<StemReading> const stems(stems_, {.level_lufs = {-20.0F}});
        return {stems, std::vector<MaskingGoal>(stems_)};
    }

    [[nodiscard]] std::size_t stems() const noexcept {
        return stems_;
    }

    [[nodiscard]] std::size_t bands() const noexcept {
        return bands_;
    }

    [[nodiscard]] std::int64_t hops() const noexcept {
        return hops_;
    }

  private:
    void fill(std::size_t stem, Cells cells, MaskingField field, float value) {
        for (auto hop = cells.hops.first; hop <= cells.hops.last; ++hop) {
            for (auto b = cells.bands.low; b <= cells.bands.high; ++b) {
                at(hop, stem, field, b) = value;
            }
        }
    }

    void settle(std::int64_t hop, std::size_t stem) {
        for (std::size_t b = 0; b < bands_; ++b) {
            float threshold = 1.0F;
            for (std::size_t j = 0; j < stems_; ++j) {
                threshold += j == stem ? 0.0F : at(hop, j, MaskingField::masker_left, b);
            }
            float const margin_db = at(hop, stem, MaskingField::margin_db, b);
            float const excitation = threshold * std::pow(10.0F, margin_db / 10.0F);
            at(hop, stem, MaskingField::threshold_left, b) = threshold;
            at(hop, stem, MaskingField::threshold_right, b) = threshold;
            at(hop, stem, MaskingField::excitation_left, b) = excitation;
            at(hop, stem, MaskingField::excitation_right, b) = excitation;
        }
    }

    std::size_t stems_;
    std::size_t bands_;
    std::int64_t hops_;
    std::vector<float> values_; ///< as MaskingView
};

/// A goal that is the same in all bands.
[[nodiscard]] inline MaskingGoal goal_everywhere(double priority, double margin_db) {
    BandGoal const goal{.priority = priority, .margin_db = margin_db};
    return {.low = goal, .high = goal};
}

/// What an EventFinder finds in all of a song.
[[nodiscard]] inline std::vector<MaskingEvent> events_of(
    MaskedHops& song,
    std::span<MaskingGoal const> goals,
    Activity const& activity,
    std::int64_t view_hops
) {
    EventFinder finder{goals, half_cams(song.bands()), kTestHop_s};
    song.pass(activity, view_hops, [&](StemHop const& hop) { finder.take(hop); });
    return finder.finish();
}

} // namespace stemlathe::test
