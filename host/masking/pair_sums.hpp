#pragma once

#include "host/masking/goals.hpp"
#include "host/masking/stem_hop.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace stemlathe {

/// How far below its target a stem may fall, dB; more is counted as this (Ronan et al., arXiv
/// 1803.09960, bound their masking ratio alike).
inline constexpr double kShortfall_db_max = 12.0;

/// Which of two stems: the one that is covered, the one that covers.
struct StemPair {
    std::size_t masked = 0;
    std::size_t masker = 0;

    friend auto operator<=>(StemPair const&, StemPair const&) = default;
};

/// Whether one of the pairs is the pair, whichever of the two is covered.
[[nodiscard]] bool includes(std::span<StemPair const> pairs, StemPair pair) noexcept;

/// What one band of a pair lacked over the song, in those cells where the masker had a share of at
/// least kBlame.
struct BandNeed {
    static constexpr std::size_t kSteps = 24; ///< of the histogram, 0.5 dB wide

    double weight = 0.0;                   ///< sum of importances
    double share = 0.0;                    ///< weighted sum of the masker's share of the threshold
    double essential = 0.0;                ///< weight where the band is essential to the masker
    double masked_power = 0.0;             ///< weighted sum of the masked stem's excitation
    std::array<float, kSteps> shortfall{}; ///< weight per shortfall
    std::int64_t hops = 0;

    /// The shortfall that a fraction (0..1) of the weight stays at or under, dB.
    [[nodiscard]] double shortfall_db(double fraction) const noexcept;
};

/// What one band of a stem lacked over the song, whoever is to blame.
struct BandLack {
    static constexpr std::size_t kSteps = 48; ///< of the histogram, 0.5 dB wide
    static constexpr double kFrom_db = -6.0;  ///< so far over its target is its first step

    double weight = 0.0;                   ///< importance of the cells that fell short
    std::array<float, kSteps> shortfall{}; ///< importance per target - margin

    /// Sum of importance x clip(target - margin, 0, 12) if all margins rose by `change_db`.
    [[nodiscard]] double mass_after(double change_db) const noexcept;
};

/// Share of the threshold from which on a masker is to blame.
inline constexpr float kBlame = 0.3F;

/// Sums over the whole song, all of fixed size: the cost J, the pair matrix, what each pair needs.
class PairSums {
  public:
    PairSums(std::vector<MaskingGoal> goals, std::span<double const> bands_hz);

    void take(StemHop const& hop);

    /// Cost J = sum_i sum pi_i w clip(goal - D, 0, 12) / sum w, dB.
    [[nodiscard]] double score_db() const;

    /// What `pair.masker` is to blame for: sum w share clip(goal - D, 0, 12) / sum w, dB.
    [[nodiscard]] double shortfall_db(StemPair pair) const noexcept;

    /// Of the masked stem's playing time, 0 .. 100.
    [[nodiscard]] double percent_of_time(StemPair pair) const noexcept;

    /// Hops in which a stem plays.
    [[nodiscard]] std::int64_t playing_hops(std::size_t stem) const noexcept {
        return stems_[stem].hops;
    }

    [[nodiscard]] BandLack const& lack(std::size_t masked, std::size_t band) const noexcept {
        return lacks_[masked * bands_ + band];
    }

    /// The masker's mean share of the threshold where the masked stem fell short, 0 .. 1.
    [[nodiscard]] double mean_share(StemPair pair, std::size_t band) const noexcept;

    /// Importance that a stem had in all, and the part of it that fell short.
    [[nodiscard]] double weight(std::size_t stem) const noexcept {
        return stems_[stem].weight;
    }

    [[nodiscard]] double lacking_weight(std::size_t stem) const noexcept;

    /// Hops of the song.
    [[nodiscard]] std::int64_t hops() const noexcept {
        return hops_;
    }

    [[nodiscard]] std::size_t stems() const noexcept {
        return stems_.size();
    }

    [[nodiscard]] std::size_t bands() const noexcept {
        return bands_;
    }

    /// Pairs in which anything fell short, each with its bands.
    [[nodiscard]] std::map<StemPair, std::vector<BandNeed>> const& needs() const noexcept {
        return needs_;
    }

    [[nodiscard]] std::vector<MaskingGoal> const& goals() const noexcept {
        return goals_;
    }

    [[nodiscard]] BandGoal const& goal(std::size_t stem, std::size_t band) const noexcept {
        return band_goals_[stem][band];
    }

  private:
    struct StemSum {
        std::int64_t hops = 0;
        double weight = 0.0;
        double cost = 0.0; ///< priority x importance x shortfall
    };

    struct PairSum {
        double shortfall = 0.0;
        std::int64_t hops = 0;
    };

    void blame(StemHop const& hop, std::size_t band, float shortfall_db);
    void add_need(StemHop const& hop, std::size_t masker, std::size_t band, float shortfall_db);
    [[nodiscard]] PairSum const& at(StemPair pair) const noexcept;

    std::vector<MaskingGoal> goals_;
    std::size_t bands_;
    std::int64_t hops_ = 0;
    std::vector<BandLack> lacks_;                   ///< [stem][band]
    std::vector<float> shares_;                     ///< [masked][masker][band] importance x share
    std::vector<std::vector<BandGoal>> band_goals_; ///< [stem][band]
    std::vector<StemSum> stems_;
    std::vector<PairSum> pairs_;   ///< [masked][masker]
    std::vector<float> hop_blame_; ///< [masker] importance that it covers in this hop
    std::vector<float> hop_most_;  ///< [masker] its highest importance in this hop
    std::map<StemPair, std::vector<BandNeed>> needs_;
};

} // namespace stemlathe
