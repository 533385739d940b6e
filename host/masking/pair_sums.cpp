#include "host/masking/pair_sums.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace {

constexpr double kStep_db = kShortfall_db_max / static_cast<double>(BandNeed::kSteps);

/// Importance that must be covered for a hop to count as time in which a stem is covered.
constexpr float kCovered = 0.1F;

/// A band is essential to a masker where it is within 6 dB of its strongest: 10^(0.23 (-6 / 10)) of
/// the importance. Source: after Hafezi & Reiss, JAES 63(5), 2015, essential rank.
constexpr float kEssential = 0.73F;

std::size_t step_of(float shortfall_db) {
    auto const step = (static_cast<double>(shortfall_db) - BandLack::kFrom_db) / kStep_db;
    return static_cast<std::size_t>(std::clamp(step, 0.0, static_cast<double>(BandLack::kSteps - 1))
    );
}

} // namespace

bool includes(std::span<StemPair const> pairs, StemPair pair) noexcept {
    return std::ranges::any_of(pairs, [&](StemPair const& one) {
        return one == pair || (one.masked == pair.masker && one.masker == pair.masked);
    });
}

double BandLack::mass_after(double change_db) const noexcept {
    double mass = 0.0;
    for (std::size_t step = 0; step < kSteps; ++step) {
        double const shortfall_db =
            kFrom_db + (static_cast<double>(step) + 0.5) * kStep_db - change_db;
        mass +=
            static_cast<double>(shortfall[step]) * std::clamp(shortfall_db, 0.0, kShortfall_db_max);
    }
    return mass;
}

double PairSums::mean_share(StemPair pair, std::size_t band) const noexcept {
    double const weight = lack(pair.masked, band).weight;
    auto const at = (pair.masked * stems() + pair.masker) * bands_ + band;
    return weight > 0.0 ? static_cast<double>(shares_[at]) / weight : 0.0;
}

double PairSums::lacking_weight(std::size_t stem) const noexcept {
    double sum = 0.0;
    for (std::size_t b = 0; b < bands_; ++b) {
        sum += lack(stem, b).weight;
    }
    return sum;
}

double BandNeed::shortfall_db(double fraction) const noexcept {
    double const wanted = fraction * weight;
    double sum = 0.0;
    for (std::size_t step = 0; step < kSteps; ++step) {
        sum += static_cast<double>(shortfall[step]);
        if (sum >= wanted) {
            return (static_cast<double>(step) + 0.5) * kStep_db;
        }
    }
    return kShortfall_db_max;
}

PairSums::PairSums(std::vector<MaskingGoal> goals, std::span<double const> bands_hz)
    : goals_(std::move(goals)),
      bands_(bands_hz.size()),
      lacks_(goals_.size() * bands_),
      shares_(goals_.size() * goals_.size() * bands_),
      stems_(goals_.size()),
      pairs_(goals_.size() * goals_.size()),
      hop_blame_(goals_.size()),
      hop_most_(goals_.size()) {
    band_goals_ = goals_by_band(goals_, bands_hz);
}

void PairSums::take(StemHop const& hop) {
    hops_ += hop.stem == 0 ? 1 : 0;
    if (!hop.plays) {
        return;
    }
    auto& sum = stems_[hop.stem];
    auto const& goals = band_goals_[hop.stem];
    ++sum.hops;
    std::ranges::fill(hop_blame_, 0.0F);
    std::ranges::fill(hop_most_, -1.0F);
    for (std::size_t b = 0; b < hop.bands(); ++b) {
        if (hop.weight[b] <= 0.0F) {
            continue;
        }
        sum.weight += static_cast<double>(hop.weight[b]);
        float const shortfall_db = static_cast<float>(goals[b].margin_db) - hop.margin_db[b];
        lacks_[hop.stem * bands_ + b].shortfall[step_of(shortfall_db)] += hop.weight[b];
        if (shortfall_db > 0.0F) {
            blame(hop, b, std::min(shortfall_db, static_cast<float>(kShortfall_db_max)));
        }
    }
    for (std::size_t j = 0; j < hop.stems; ++j) {
        if (hop_blame_[j] >= kCovered) {
            ++pairs_[hop.stem * hop.stems + j].hops;
        }
    }
}

void PairSums::blame(StemHop const& hop, std::size_t band, float shortfall_db) {
    float const weight = hop.weight[band];
    float const threshold = hop.threshold(band);
    lacks_[hop.stem * bands_ + band].weight += static_cast<double>(weight);
    stems_[hop.stem].cost +=
        band_goals_[hop.stem][band].priority * static_cast<double>(weight * shortfall_db);
    for (std::size_t j = 0; j < hop.stems; ++j) {
        if (j == hop.stem) {
            continue;
        }
        float const share = masker_share(hop.masker(j, band), threshold);
        shares_[(hop.stem * hop.stems + j) * bands_ + band] += weight * share;
        pairs_[hop.stem * hop.stems + j].shortfall +=
            static_cast<double>(weight * share * shortfall_db);
        if (share >= kBlame) {
            hop_blame_[j] += weight;
            add_need(hop, j, band, shortfall_db);
        }
    }
}

void PairSums::add_need(
    StemHop const& hop, std::size_t masker, std::size_t band, float shortfall_db
) {
    auto& bands = needs_[{.masked = hop.stem, .masker = masker}];
    bands.resize(hop.bands());
    auto& need = bands[band];
    float const weight = hop.weight[band];
    auto const masker_weight = hop.weight_of(masker);
    if (hop_most_[masker] < 0.0F) {
        hop_most_[masker] = *std::ranges::max_element(masker_weight);
    }
    need.weight += static_cast<double>(weight);
    need.share +=
        static_cast<double>(weight * masker_share(hop.masker(masker, band), hop.threshold(band)));
    need.masked_power += static_cast<double>(weight * hop.excitation(band));
    if (masker_weight[band] > 0.0F && masker_weight[band] >= kEssential * hop_most_[masker]) {
        need.essential += static_cast<double>(weight);
    }
    auto const step = static_cast<std::size_t>(static_cast<double>(shortfall_db) / kStep_db);
    need.shortfall[std::min(step, BandNeed::kSteps - 1)] += weight;
    ++need.hops;
}

double PairSums::score_db() const {
    double score = 0.0;
    for (auto const& sum : stems_) {
        score += sum.weight > 0.0 ? sum.cost / sum.weight : 0.0;
    }
    return score;
}

PairSums::PairSum const& PairSums::at(StemPair pair) const noexcept {
    return pairs_[pair.masked * stems_.size() + pair.masker];
}

double PairSums::shortfall_db(StemPair pair) const noexcept {
    auto const& sum = stems_[pair.masked];
    return sum.weight > 0.0 ? at(pair).shortfall / sum.weight : 0.0;
}

double PairSums::percent_of_time(StemPair pair) const noexcept {
    auto const& sum = stems_[pair.masked];
    return sum.hops > 0 ? 100.0 * static_cast<double>(at(pair).hops) / static_cast<double>(sum.hops)
                        : 0.0;
}

} // namespace stemlathe
