#include "host/masking/fix_solver.hpp"

#include "host/masking/cut_curve.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace stemlathe {

namespace {

constexpr double kStaticCut_db_max = 4.0;
constexpr double kDynamicCut_db_max = 6.0;
constexpr double kEssentialCut_db_max = 3.0;
constexpr double kStaticDuty = 0.4;
constexpr double kBroadband = 0.15; // of what matters to a stem falls short
constexpr double kBoost_db_max = 2.0;
constexpr std::size_t kRaised_max = 12; // a greater number would be a change of loudness
constexpr double kRaise_db_max = 0.9;   // LUFS of a stem may change by 1
constexpr double kAskedFor = 0.75;      // of a band's weight gets the cut that it needs
constexpr std::size_t kFixes_per_pair = 2;
constexpr std::size_t kFixes_per_stem = 3;
constexpr std::size_t kFixes_max = 24;

/// A fix below this share of the whole cost is not worth a plan entry.
constexpr double kLeastBenefit = 0.01;

/// The key opens a band fully 3 dB over its threshold; this far under its mean level it still does.
constexpr double kKeyMargin_db = 10.0;

double share_of(BandNeed const& need) {
    return need.weight > 0.0 ? need.share / need.weight : 0.0;
}

class Solver {
  public:
    explicit Solver(FixTask const& task) : task_(task), bands_(task.bands_hz.size()) {}

    [[nodiscard]] std::vector<Fix> solve() {
        for (auto const masked : by_priority(std::greater{})) {
            relieve(masked);
        }
        auto fixes = chosen();
        for (std::size_t cut = 0, cuts = fixes.size(); cut < cuts; ++cut) {
            if (!fixes[cut].band.dynamic && task_.may_change[fixes[cut].pair.masked]) {
                fixes.push_back(boost_beside(fixes[cut]));
            }
        }
        for (auto const stem : covered_stems()) {
            fixes.push_back(raise(stem));
        }
        return fixes;
    }

  private:
    [[nodiscard]] double priority(std::size_t stem, std::size_t band) const {
        return task_.sums.goal(stem, band).priority;
    }

    /// A stem is as important as the most important of its bands.
    template <typename Order>
    [[nodiscard]] std::vector<std::size_t> by_priority(Order order) const {
        std::vector<std::size_t> stems(task_.files.size());
        std::iota(stems.begin(), stems.end(), std::size_t{0});
        std::ranges::stable_sort(stems, order, [&](std::size_t stem) {
            auto const& goal = task_.sums.goals()[stem];
            return std::max(goal.low.priority, goal.high.priority);
        });
        return stems;
    }

    [[nodiscard]] static Fix boost_beside(Fix const& cut) {
        Fix boost = cut;
        boost.pair.masker = cut.pair.masked;
        boost.boosts = true;
        boost.most_db = kBoost_db_max;
        return boost;
    }

    [[nodiscard]] static Fix raise(std::size_t stem) {
        return {.pair = {.masked = stem, .masker = stem}, .most_db = kRaise_db_max};
    }

    /// Stems that may be raised, the most covered first.
    [[nodiscard]] std::vector<std::size_t> covered_stems() const {
        auto const covered = [&](std::size_t stem) {
            double const weight = task_.sums.weight(stem);
            return weight > 0.0 ? task_.sums.lacking_weight(stem) / weight : 0.0;
        };
        std::vector<std::size_t> stems;
        for (std::size_t stem = 0; stem < task_.files.size(); ++stem) {
            if (covered(stem) >= kBroadband && task_.may_change[stem]) {
                stems.push_back(stem);
            }
        }
        std::ranges::stable_sort(stems, std::greater{}, covered);
        stems.resize(std::min(stems.size(), kRaised_max));
        return stems;
    }

    /// Cuts all who may be cut for one stem, the least important of them first.
    void relieve(std::size_t masked) {
        std::vector<double> relieved_db(bands_, 0.0);
        for (auto const masker : by_priority(std::less{})) {
            StemPair const pair{.masked = masked, .masker = masker};
            auto const found = task_.sums.needs().find(pair);
            if (task_.may_change[masker] && found != task_.sums.needs().end() &&
                !includes(task_.layered, pair)) {
                propose(pair, cut_for(pair, found->second, relieved_db), found->second);
            }
        }
    }

    /// Share of the masker's time that the conflict takes in the bands that lack most.
    [[nodiscard]] double duty(StemPair pair, std::vector<BandNeed> const& needs) const {
        std::int64_t most = 0;
        for (auto const& need : needs) {
            most = std::max(most, need.hops);
        }
        auto const playing = task_.sums.playing_hops(pair.masker);
        return playing > 0 ? static_cast<double>(most) / static_cast<double>(playing) : 1.0;
    }

    [[nodiscard]] CutCurve cut_for(
        StemPair pair, std::vector<BandNeed> const& needs, std::vector<double>& relieved_db
    ) const {
        double const most_db =
            duty(pair, needs) >= kStaticDuty ? kStaticCut_db_max : kDynamicCut_db_max;
        CutCurve curve{
            .gain_db = std::vector<double>(bands_, 0.0), .mass = std::vector<double>(bands_, 0.0)};
        for (std::size_t b = 0; b < bands_; ++b) {
            auto const& need = needs[b];
            double const ahead = priority(pair.masked, b) - priority(pair.masker, b);
            if (need.weight <= 0.0 || ahead < 0.0) {
                continue;
            }
            double const wanted_db = need.shortfall_db(kAskedFor);
            double const left_db = std::max(wanted_db - relieved_db[b], 0.0);
            // T falls to T 10^(-left/10) where the masker's share c of it is cut to a c.
            double const share = share_of(need);
            double const kept = 1.0 - (1.0 - std::pow(10.0, -left_db / 10.0)) / share;
            bool const is_essential = need.essential >= 0.5 * need.weight;
            double const cap_db = is_essential ? kEssentialCut_db_max : most_db;
            double cut_db = kept > 0.0 ? std::min(-10.0 * std::log10(kept), cap_db) : cap_db;
            cut_db *= ahead == 0.0 ? 0.5 : 1.0;
            curve.gain_db[b] = -cut_db;
            curve.mass[b] = priority(pair.masked, b) * need.weight * wanted_db;
            relieved_db[b] -=
                10.0 * std::log10(1.0 - share * (1.0 - std::pow(10.0, -cut_db / 10.0)));
        }
        return curve;
    }

    void propose(StemPair pair, CutCurve const& curve, std::vector<BandNeed> const& needs) {
        auto bells = fit_bells(curve, task_.bands_hz);
        bells.resize(std::min(bells.size(), kFixes_per_pair));
        for (auto& bell : bells) {
            Fix fix{.pair = pair, .band = {.band = bell}, .most_db = -bell.gain_db};
            fix.power = band_powers(bell, task_.bands_hz);
            if (duty(pair, needs) < kStaticDuty) {
                fix.recurring = recurs(pair, bell.hz);
                fix.band.dynamic = key_of(pair, bell, needs, fix.recurring);
            }
            fix.benefit_db = benefit_db(fix, needs);
            found_.push_back(std::move(fix));
        }
    }

    /// Whether the most important event of the pair around a frequency comes again and again.
    [[nodiscard]] bool recurs(StemPair pair, double hz) const {
        auto const found = std::ranges::find_if(task_.events, [&](MaskingEvent const& event) {
            auto const bands = main_bands(event);
            return event.pair == pair && task_.bands_hz[bands.low] <= hz &&
                   hz <= task_.bands_hz[bands.high];
        });
        return found != task_.events.end() && is_recurring(*found);
    }

    /// The key's level in the bell's bands while it is covered: excitation, with the ear's own
    /// weighting taken off again. Half a Cam lies between bands, and a filter is one Cam wide.
    [[nodiscard]] DynamicKey key_of(
        StemPair pair, EqualiserBand const& bell, std::vector<BandNeed> const& needs, bool recurring
    ) const {
        constexpr double kBandsPerFilter = 2.0;
        constexpr double kSinePeakOverMean_db = 3.0103;
        constexpr double kThreshold_db_min = -80.0;
        double power = 0.0;
        for (std::size_t b = 0; b < bands_; ++b) {
            if (needs[b].weight <= 0.0) {
                continue;
            }
            double const ratio = task_.bands_hz[b] / bell.hz - bell.hz / task_.bands_hz[b];
            double const passed = 1.0 / (1.0 + bell.q * bell.q * ratio * ratio);
            double const ear = std::pow(10.0, ear_gain_db(task_.field, task_.bands_hz[b]) / 10.0);
            power += passed * needs[b].masked_power / needs[b].weight / ear / kBandsPerFilter;
        }
        double const level_db =
            db_from_power(power) - task_.calibration_db_spl + kSinePeakOverMean_db;
        DynamicKey key{.key = task_.files[pair.masked]};
        key.threshold_db = std::round(std::clamp(level_db - kKeyMargin_db, kThreshold_db_min, 0.0));
        key.attack_ms = recurring ? 5.0 : 8.0;
        key.release_ms = recurring ? 100.0 : 120.0;
        return key;
    }

    [[nodiscard]] double benefit_db(Fix const& fix, std::vector<BandNeed> const& needs) const {
        double relieved = 0.0;
        for (std::size_t b = 0; b < bands_; ++b) {
            double const change_db =
                -10.0 * std::log10(1.0 - share_of(needs[b]) * (1.0 - fix.power[b]));
            relieved += priority(fix.pair.masked, b) * needs[b].weight *
                        std::min(change_db, needs[b].shortfall_db(kAskedFor));
        }
        auto const hops = std::max<std::int64_t>(task_.sums.playing_hops(fix.pair.masked), 1);
        return relieved / static_cast<double>(hops);
    }

    [[nodiscard]] std::vector<Fix> chosen() {
        std::ranges::stable_sort(found_, std::greater{}, &Fix::benefit_db);
        std::map<std::size_t, std::size_t> of_stem;
        std::vector<Fix> out;
        for (auto& fix : found_) {
            bool const helps = fix.benefit_db >= kLeastBenefit * task_.sums.score_db();
            if (helps && out.size() < kFixes_max && of_stem[fix.pair.masker] < kFixes_per_stem) {
                ++of_stem[fix.pair.masker];
                out.push_back(std::move(fix));
            }
        }
        return out;
    }

    FixTask const& task_;
    std::size_t bands_;
    std::vector<Fix> found_;
};

} // namespace

void set_gain(Fix& fix, double gain_db, std::span<double const> bands_hz) {
    fix.band.band.gain_db = gain_db;
    if (fix.is_gain()) {
        fix.power.assign(bands_hz.size(), std::pow(10.0, gain_db / 10.0));
    } else {
        fix.power = band_powers(fix.band.band, bands_hz);
    }
}

std::vector<Fix> fix_candidates(FixTask const& task) {
    return Solver{task}.solve();
}

} // namespace stemlathe
