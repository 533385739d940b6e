#pragma once

#include "host/masking/event.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace stemlathe {

/// Joins stretches of one pair, in the same bands, that a listener takes for one thing. Long ones
/// join over pauses no longer than the shorter of the two, 2 s at most: the phrases of a chorus.
/// Short ones, under 1 s, join over up to 3 s: the strokes of a kick over a bass. Of those, what
/// never lasts for 100 ms counts only where at least four come together.
class EventChains {
  public:
    /// A stretch that has begun and will yet be added.
    struct UnderWay {
        StemPair pair{};
        std::int64_t first = 0;
    };

    explicit EventChains(double hop_s);

    void add(MaskingEvent&& event);

    /// Ends the chains that nothing can join any more.
    /// @param under_way  everything that has begun up to `hop` and was not added
    void advance(std::int64_t hop, std::span<UnderWay const> under_way);

    /// All that counts, the costliest first.
    [[nodiscard]] std::vector<MaskingEvent> finish();

  private:
    [[nodiscard]] bool is_short(MaskingEvent const& event) const noexcept;
    [[nodiscard]] bool joins(MaskingEvent const& chain, MaskingEvent const& event) const;
    void keep(MaskingEvent&& chain);

    std::int64_t short_hops_;
    std::int64_t least_hops_;
    std::int64_t long_gap_hops_;
    std::int64_t short_gap_hops_;
    std::map<StemPair, std::vector<MaskingEvent>> open_;
    std::vector<MaskingEvent> kept_;
};

} // namespace stemlathe
