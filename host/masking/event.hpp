#pragma once

#include "host/masking/pair_sums.hpp"

#include <cstdint>
#include <vector>

namespace stemlathe {

/// Hops from first to last, both included.
struct HopRange {
    std::int64_t first = 0;
    std::int64_t last = 0;

    [[nodiscard]] std::int64_t count() const noexcept {
        return last - first + 1;
    }
};

/// A margin as it counts in an event's mean: beyond -20 and 15 dB a cell is as covered, or as
/// clear, as it can be.
[[nodiscard]] constexpr float counted_margin_db(float margin_db) noexcept {
    return margin_db < -20.0F ? -20.0F : (margin_db > 15.0F ? 15.0F : margin_db);
}

/// Weighted sums of one band of an event.
struct EventBand {
    float mass = 0.0F;   ///< importance x shortfall of its covered cells
    float weight = 0.0F; ///< importance of all cells of the band while the event lasts
    float margin = 0.0F; ///< importance x margin of the same, counted margin
    float masked = 0.0F; ///< powers, summed over its hops
    float masker = 0.0F;
    float threshold = 0.0F;

    EventBand& operator+=(EventBand const& other) noexcept;
};

/// A stretch of time and frequency in which one stem covers another: connected cells, and later
/// such stretches that belong together.
struct MaskingEvent {
    StemPair pair{};
    std::vector<HopRange> ranges{}; ///< rising; apart by more than the gap that connects
    std::int64_t hops = 0;          ///< with at least one covered cell
    double weight = 0.0;            ///< importance of the covered cells
    double mass = 0.0;              ///< the same x shortfall, dB
    double cost = 0.0;              ///< the same x priority
    std::vector<double> share{};    ///< [stems] weight x share of the threshold
    float worst_margin_db = 0.0F;   ///< lowest mean over 100 ms
    int occurrences = 1;
    std::vector<EventBand> bands{};

    [[nodiscard]] std::int64_t first() const noexcept {
        return ranges.front().first;
    }

    [[nodiscard]] std::int64_t last() const noexcept {
        return ranges.back().last;
    }

    /// Hops that its ranges cover.
    [[nodiscard]] std::int64_t lasting_hops() const noexcept;

    /// Takes over all of another event of the same pair; ranges that touch become one.
    void join(MaskingEvent&& other);
};

/// Where most of an event lies: from the band with a tenth of its mass under it to the one with a
/// tenth above.
struct BandRange {
    std::size_t low = 0;
    std::size_t high = 0;
};

[[nodiscard]] BandRange main_bands(MaskingEvent const& event) noexcept;

/// Short moments that come again and again: at least four, over less than half the time that they
/// span.
[[nodiscard]] bool is_recurring(MaskingEvent const& event) noexcept;

/// Mean margin over the event's bands and ranges, dB, weighted by importance.
[[nodiscard]] double mean_margin_db(MaskingEvent const& event, BandRange bands) noexcept;

} // namespace stemlathe
