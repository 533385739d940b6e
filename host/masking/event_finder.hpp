#pragma once

#include "host/masking/event.hpp"
#include "host/masking/event_chains.hpp"
#include "host/masking/goals.hpp"
#include "host/masking/stem_hop.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace stemlathe {

/// Finds the stretches in which one stem covers another, while the hops pass by. A cell (band, hop)
/// of the masked stem is covered from the moment its margin falls under 4 dB, or under its target
/// where that is less, until it rises 3 dB above that; provided that about it, over three bands to
/// either side and the last 100 ms, half of what matters is under 4 dB too (a third, once it is
/// covered): a partial that dips for a moment is no event, and what hovers between 4 and 7 dB all
/// about is let go after 110 ms. Cells connect over neighbouring bands and gaps of up to 200 ms. A
/// masker takes part where it has at least kBlame of the threshold.
class EventFinder {
  public:
    EventFinder(std::span<MaskingGoal const> goals, std::span<double const> bands_hz, double hop_s);

    void take(StemHop const& hop);

    /// The events, the costliest first.
    [[nodiscard]] std::vector<MaskingEvent> finish();

  private:
    /// Cells that are connected so far.
    struct Open {
        MaskingEvent event{};
        std::vector<EventBand> pending{}; ///< of the hops since its last covered cell
        double block_weight = 0.0;        ///< of the 100 ms under way
        double block_margin = 0.0;
        std::int64_t block_hops = 0;
        bool is_open = false;
    };

    /// One pair of stems.
    struct Tracker {
        std::vector<std::int32_t> label{}; ///< [bands] which of `open` was last there
        std::vector<std::int64_t> last{};  ///< [bands] when
        std::vector<Open> open{};
        std::int64_t open_count = 0;
        std::vector<std::size_t> cells{}; ///< bands covered in this hop
    };

    /// A band in one hop: importance, and importance x margin as it counts.
    struct Heard {
        float weight = 0.0F;
        float margin = 0.0F;
    };

    /// What is covered of one stem.
    struct Cover {
        std::vector<std::uint8_t> is_on{}; ///< [bands]
        std::vector<std::int64_t> since{}; ///< [bands] hop from which on it is low; -1: it is not
        std::vector<float> low{};          ///< [bands] importance that is low, about and lately
        std::vector<float> all{};          ///< [bands] all importance, about and lately
        std::vector<Heard> lately{};       ///< [100 ms][bands] hop h at h modulo their number
    };

    void find_cells(StemHop const& hop);
    void look_about(StemHop const& hop, Cover& cover) const;
    void connect(Tracker& tracker, StemHop const& hop, std::size_t masker);
    [[nodiscard]] std::int32_t component(Tracker& tracker, std::size_t band, std::int64_t hop);
    static void take_over(Open& elder, Open& younger);
    void begin(Open& open, StemPair pair, std::int64_t first, std::int64_t hop) const;
    void remember(StemHop const& hop);
    void add_cell(Open& open, StemHop const& hop, std::size_t band) const;
    void pass_hop(Open& open, StemHop const& hop, std::size_t masker) const;
    void close(Tracker& tracker, Open& open);
    void advance_chains(std::int64_t hop);

    std::vector<std::vector<BandGoal>> goals_; ///< [stem][band]
    std::int64_t gap_hops_;
    std::int64_t block_hops_;
    std::size_t stems_;
    std::size_t bands_;
    float forget_;                  ///< share of `Cover`'s memory that a hop takes
    std::vector<Cover> covers_;     ///< [stem]
    std::vector<Tracker> trackers_; ///< [masked][masker]
    EventChains chains_;
    std::vector<EventChains::UnderWay> under_way_; ///< scratch
};

} // namespace stemlathe
