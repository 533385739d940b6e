#include "host/masking/fix_choice.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace stemlathe {

namespace {

constexpr double kStepsPerDecibel = 5.0;
constexpr double kLeast_db = 0.5;
constexpr double kLeastProgress = 0.0005; // of the cost, for a step to be worth it
constexpr int kSteps_max = 300;
constexpr double kCompensation_db_max = 1.5;

/// Limits that can be foreseen, at a share of what they are.
PreservationLimits cautious(double share) {
    PreservationLimits limits;
    limits.mix_lu *= share;
    limits.stem_louder_lu *= share;
    limits.stem_softer_lu *= share;
    limits.spectrum_rms_db *= share;
    limits.spectrum_max_db *= share;
    limits.centroid_share *= share;
    return limits;
}

double signed_gain_db(Fix const& fix, double depth_db) {
    return fix.is_cut() ? -depth_db : depth_db;
}

} // namespace

double makeup_db(Balance const& before, Balance const& after) noexcept {
    if (!before.integrated_lufs || !after.integrated_lufs) {
        return 0.0;
    }
    return std::round(10.0 * (*before.integrated_lufs - *after.integrated_lufs)) / 10.0;
}

namespace {

/// The candidates while their gains are chosen.
class Choosing {
  public:
    Choosing(
        std::vector<Fix> candidates,
        FixForecast const& forecast,
        PairSums const& sums,
        Balance const& balance,
        std::span<double const> bands_hz,
        double share
    )
        : fixes_(std::move(candidates)),
          forecast_(forecast),
          sums_(sums),
          balance_(balance),
          bands_hz_(bands_hz),
          limits_(cautious(share)),
          unnamed_(sums.stems()),
          steps_(fixes_.size(), 0) {
        for (auto& fix : fixes_) {
            set_gain(fix, 0.0, bands_hz_);
        }
    }

    [[nodiscard]] std::vector<Fix> choose() {
        double const at_first_db = forecast_.score_db(fixes_);
        double score_db = at_first_db;
        for (int step = 0; step < kSteps_max; ++step) {
            double const worth_db = score_db - kLeastProgress * at_first_db;
            auto next = best_step(worth_db, false);
            if (!next) {
                next = best_step(worth_db, true);
            }
            if (!next) {
                break;
            }
            score_db = next->score_db;
            ++steps_[next->fix];
            set_steps(next->fix, steps_[next->fix]);
        }
        std::erase_if(fixes_, [](Fix const& fix) {
            return std::abs(fix.band.band.gain_db) < kLeast_db;
        });
        return compensated();
    }

  private:
    struct Step {
        std::size_t fix = 0;
        double score_db = 0.0;
    };

    void set_steps(std::size_t fix, int steps) {
        set_gain(fixes_[fix], signed_gain_db(fixes_[fix], steps / kStepsPerDecibel), bands_hz_);
    }

    [[nodiscard]] bool is_at_its_end(std::size_t fix) const {
        return (steps_[fix] + 1) / kStepsPerDecibel > fixes_[fix].most_db;
    }

    [[nodiscard]] std::optional<Step> best_step(double worth_db, bool boosts) {
        std::optional<Step> best;
        for (std::size_t v = 0; v < fixes_.size(); ++v) {
            if (is_at_its_end(v) || fixes_[v].boosts != boosts) {
                continue;
            }
            set_steps(v, steps_[v] + 1);
            auto const then = compensated();
            double const then_db = forecast_.score_db(then);
            if (then_db < worth_db && is_preserved(then)) {
                best = {.fix = v, .score_db = then_db};
                worth_db = then_db;
            }
            set_steps(v, steps_[v]);
        }
        return best;
    }

    /// With the gains that give back what cuts took from their stems.
    [[nodiscard]] std::vector<Fix> compensated() const {
        auto out = fixes_;
        auto const after = forecast_.balance(fixes_);
        for (std::size_t stem = 0; stem < sums_.stems(); ++stem) {
            if (!balance_.stem_lufs[stem] || !after.stem_lufs[stem]) {
                continue;
            }
            double const lost_lu = *balance_.stem_lufs[stem] - *after.stem_lufs[stem];
            double const excess_db = std::ceil(10.0 * (lost_lu - limits_.stem_softer_lu)) / 10.0;
            if (excess_db > 0.0) {
                Fix gain{
                    .pair = {.masked = stem, .masker = stem},
                    .compensates = true,
                    .most_db = kCompensation_db_max};
                set_gain(gain, std::min(excess_db, gain.most_db), bands_hz_);
                out.push_back(std::move(gain));
            }
        }
        return out;
    }

    [[nodiscard]] bool is_preserved(std::span<Fix const> fixes) const {
        auto const after = forecast_.balance(fixes);
        return violations(
                   balance_,
                   after,
                   makeup_db(balance_, after),
                   sums_,
                   sums_,
                   bands_hz_,
                   unnamed_,
                   limits_
        )
            .empty();
    }

    std::vector<Fix> fixes_;
    FixForecast const& forecast_;
    PairSums const& sums_;
    Balance const& balance_;
    std::span<double const> bands_hz_;
    PreservationLimits limits_;
    std::vector<std::string> unnamed_;
    std::vector<int> steps_; ///< that each has gone
};

} // namespace

std::vector<Fix> choose_gains(
    std::vector<Fix> candidates,
    FixForecast const& forecast,
    PairSums const& sums,
    Balance const& balance,
    std::span<double const> bands_hz,
    double share
) {
    return Choosing{std::move(candidates), forecast, sums, balance, bands_hz, share}.choose();
}

} // namespace stemlathe
