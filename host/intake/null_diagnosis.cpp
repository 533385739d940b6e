#include "host/intake/null_diagnosis.hpp"

#include "host/intake/excerpts.hpp"
#include "host/intake/lag_search.hpp"
#include "host/intake/wide_search.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace stemlathe {

namespace {

constexpr int kRounds_max = 4;
constexpr std::size_t kExcerpts_least = 3;

/// A near lag is worth trying where it explains this share of what is left ...
constexpr double kTryShare = 0.05;
/// ... and is true where all near lags together leave that much less.
constexpr double kNearGain_db = 6.0;
/// A far lag is true where the stem is louder there than where it was sent, and loud at all.
constexpr double kFarRatio = 2.0;
constexpr double kFarLeast = 0.2;
/// A fraction of a frame is named where it explains nearly all that is left.
constexpr double kFractionShare = 0.75;
constexpr double kFractionLeast = 0.1;
/// A stem with less than this of the gain to be expected was not found.
constexpr double kFound = 0.3;
constexpr double kLoud = 1e-3; ///< share of the stems' energy
/// Another offset of the whole must leave this much less.
constexpr double kOffsetGain_db = 0.5;

/// The commonest value, of equals the nearest to 0.
std::int64_t commonest(std::vector<std::int64_t> const& values) {
    std::int64_t best = 0;
    std::ptrdiff_t most = 0;
    for (auto const value : values) {
        auto const count = std::ranges::count(values, value);
        if (count > most || (count == most && std::abs(value) < std::abs(best))) {
            best = value;
            most = count;
        }
    }
    return best;
}

class Diagnosing {
  public:
    Diagnosing(NullProducts products, NullContext const& context)
        : context_(context),
          lags_(context.session.stems.size(), 0),
          is_lost_(lags_.size(), false),
          products_(std::move(products)),
          fit_(fit_null(products_)) {}

    NullDiagnosis work() {
        NullDiagnosis out;
        if (!is_clean(fit_)) {
            out.time_reference_is_wrong = suits_without_time_references();
        }
        if (!out.time_reference_is_wrong) {
            look_for_lags();
        }
        out.offset_frames = offset_;
        out.lags.assign(lags_.begin(), lags_.end());
        out.is_fraction.assign(lags_.size(), false);
        add_fractions(out);
        out.matches = matches();
        if (out.matches && fit_.fitted_db > kNullPass_db) {
            out.bus = explain();
        }
        out.products = std::move(products_);
        out.fit = std::move(fit_);
        return out;
    }

  private:
    [[nodiscard]] std::size_t stems() const noexcept {
        return lags_.size();
    }

    void look_for_lags() {
        for (int round = 0; round < kRounds_max && !is_clean(fit_); ++round) {
            if (!try_places(look())) {
                return;
            }
        }
    }

    [[nodiscard]] std::vector<Excerpt> excerpts(std::int64_t frames) const {
        return choose_excerpts(
            products_.products, products_.range, products_.placed, frames, kExcerpts_least
        );
    }

    /// As loud in the reference as can be expected, or nearly.
    [[nodiscard]] bool is_found(std::size_t stem) const {
        return std::abs(fit_.stems.gains[stem]) >= kFound * fit_.likely_gain;
    }

    /// Frames that a stem lies after its place in the song; nothing where that cannot be said.
    using Places = std::vector<std::optional<std::int64_t>>;

    /// Where each stem seems to lie in the reference.
    [[nodiscard]] Places look() {
        auto const frames = lag_excerpt_frames(context_.session.rate_hz, stems());
        readings_ = read_lags(
            stem_columns(lags_, context_),
            fit_.stems.gains,
            reference_column(offset_, context_),
            excerpts(frames),
            context_.session,
            context_.window,
            context_.backend,
            context_.run
        );
        Places places(stems());
        std::vector<std::size_t> lost;
        for (std::size_t i = 0; i < stems(); ++i) {
            auto const& reading = readings_[i];
            auto const near = reading.share >= kTryShare ? reading.near_frames : 0;
            if (reading.far_frames || is_found(i)) {
                places[i] = offset_ + lags_[i] + reading.far_frames.value_or(near);
            } else if (fit_.shares[i] > kLoud) {
                lost.push_back(i);
            }
        }
        find_lost(lost, places);
        return places;
    }

    /// Looks for stems in all of the reference, each once.
    void find_lost(std::vector<std::size_t> lost, Places& places) {
        std::erase_if(lost, [&](std::size_t stem) { return is_lost_[stem]; });
        if (lost.empty()) {
            return;
        }
        std::vector<Wanted> wanted;
        auto const& products = products_.products;
        auto const blocks =
            static_cast<std::size_t>(10 * context_.session.rate_hz / products.block_frames);
        for (auto const stem : lost) {
            is_lost_[stem] = true;
            BlockRange const all{.first = 0, .end = products.count()};
            auto const first = loudest_block(all, blocks, [&](std::size_t block) {
                return products.at(block, products_.sent[stem], products_.sent[stem]);
            });
            wanted.push_back(
                {.column = stem_column(stem, 0, context_),
                 .loudest_frame = context_.window.from_frame +
                                  static_cast<std::int64_t>(first) * products.block_frames}
            );
        }
        auto const found = search_widely(
            wanted, context_.reference, context_.session, context_.backend, context_.run
        );
        refine(lost, found, places);
    }

    /// What was found widely is known to some frames only.
    void refine(std::vector<std::size_t> const& stems_found, Places const& found, Places& places) {
        std::vector<Column> moved;
        std::vector<Excerpt> where;
        std::vector<std::size_t> which;
        auto const frames = lag_excerpt_frames(context_.session.rate_hz, stems());
        for (std::size_t i = 0; i < stems_found.size(); ++i) {
            if (!found[i]) {
                continue;
            }
            auto const column = products_.sent[stems_found[i]];
            std::vector<std::size_t> const one{column};
            BlockRange const all{.first = 0, .end = products_.products.count()};
            for (auto& excerpt : choose_excerpts(products_.products, all, one, frames, 1)) {
                excerpt.first_frame += *found[i]; // where it is in the reference
                excerpt.columns = {which.size()};
                where.push_back(std::move(excerpt));
            }
            moved.push_back(stem_column(stems_found[i], *found[i], context_));
            which.push_back(i);
        }
        std::vector<double> const gains(moved.size(), 0.0);
        auto const readings = read_lags(
            moved,
            gains,
            context_.reference,
            where,
            context_.session,
            context_.window,
            context_.backend,
            context_.run
        );
        for (std::size_t i = 0; i < which.size(); ++i) {
            auto const lag = readings[i].far_frames.value_or(readings[i].near_frames);
            places[stems_found[which[i]]] = *found[which[i]] + lag;
        }
    }

    /// Measures with stems at these places and keeps what proves true. @returns whether anything
    /// changed
    bool try_places(Places const& places) {
        std::vector<std::int64_t> votes;
        for (std::size_t i = 0; i < stems(); ++i) {
            if (fit_.is_judged[i] && places[i]) {
                votes.push_back(*places[i]);
            }
        }
        auto const offset = commonest(votes);
        std::vector<std::int64_t> lags(stems());
        for (std::size_t i = 0; i < stems(); ++i) {
            lags[i] = fit_.is_judged[i] && places[i] ? *places[i] - offset : 0;
        }
        if (offset == offset_ && lags == lags_) {
            return false;
        }
        auto products = measure_null(lags, offset, context_);
        if (products.range.end <= products.range.first) {
            return false;
        }
        keep_true(products, lags);
        auto fit = fit_null(products);
        if (offset != offset_ && fit.fitted_db > fit_.fitted_db - kOffsetGain_db) {
            return false;
        }
        bool const changed = offset != offset_ || lags != lags_;
        offset_ = offset;
        lags_ = std::move(lags);
        products_ = std::move(products);
        fit_ = std::move(fit);
        return changed;
    }

    /// Puts stems back where they were sent unless the products say that they are elsewhere.
    void keep_true(NullProducts& products, std::vector<std::int64_t>& lags) const {
        auto const reach = near_lag_frames(context_.session.rate_hz);
        auto const put_back = [&](std::size_t stem) {
            products.placed[stem] = products.sent[stem];
            lags[stem] = 0;
        };
        auto both = products.sent;
        both.insert(both.end(), products.placed.begin(), products.placed.end());
        // Where a stem did not move, its second column is the first again, and not told apart.
        auto const fit = fit_gains(products.products, products.range, both, products.reference);
        double most = 0.0;
        for (double const gain : fit.gains) {
            most = std::max(most, std::abs(gain));
        }
        for (std::size_t i = 0; i < stems(); ++i) {
            double const there = std::abs(fit.gains[stems() + i]);
            double const here = std::abs(fit.gains[i]);
            if (std::abs(lags[i]) > reach &&
                (there < kFarRatio * here || there < kFarLeast * most)) {
                put_back(i);
            }
        }
        auto without = products;
        for (std::size_t i = 0; i < stems(); ++i) {
            if (std::abs(lags[i]) <= reach) {
                without.placed[i] = without.sent[i];
            }
        }
        if (fit_null(products).fitted_db > fit_null(without).fitted_db - kNearGain_db) {
            for (std::size_t i = 0; i < stems(); ++i) {
                if (std::abs(lags[i]) <= reach) {
                    put_back(i);
                }
            }
        }
    }

    /// Whether the stems fit better where they would lie without their files' time references.
    bool suits_without_time_references() {
        Places places;
        bool is_moved = false;
        for (auto const& stem : context_.session.stems) {
            places.push_back(-std::llround(stem.time_reference_s * context_.session.rate_hz));
            is_moved = is_moved || *places.back() != 0;
        }
        if (!is_moved || !try_places(places)) {
            return false;
        }
        for (std::size_t i = 0; i < stems(); ++i) {
            if (fit_.is_judged[i] && offset_ + lags_[i] != *places[i]) {
                return false;
            }
        }
        return true;
    }

    void add_fractions(NullDiagnosis& out) const {
        if (is_clean(fit_) || readings_.size() != stems()) {
            return;
        }
        for (std::size_t i = 0; i < stems(); ++i) {
            auto const& reading = readings_[i];
            double const lag = static_cast<double>(reading.near_frames) + reading.fraction;
            if (fit_.is_judged[i] && reading.fraction_share >= kFractionShare &&
                std::abs(lag) >= kFractionLeast) {
                out.lags[i] += lag;
                out.is_fraction[i] = true;
            }
        }
    }

    [[nodiscard]] bool matches() const {
        for (std::size_t i = 0; i < stems(); ++i) {
            if (fit_.is_judged[i] && is_found(i)) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] BusProcessing explain() const {
        auto const frames = lag_excerpt_frames(context_.session.rate_hz, stems());
        // As the mix would be if all that is done to it were done to the sum.
        auto equal = fit_.stems.gains;
        for (double& gain : equal) {
            bool const is_there = std::abs(gain) >= kFound * fit_.gain;
            gain = is_there ? std::copysign(fit_.gain, gain) : gain;
        }
        return explain_residual(
            stem_columns(lags_, context_),
            {.own = fit_.stems.gains, .equal = equal},
            reference_column(offset_, context_),
            excerpts(frames),
            frames,
            context_.session,
            context_.window,
            context_.backend,
            context_.run
        );
    }

    NullContext const& context_;
    std::int64_t offset_ = 0;
    std::vector<std::int64_t> lags_;
    std::vector<bool> is_lost_; ///< was looked for in all of the reference
    NullProducts products_;
    NullFit fit_;
    std::vector<LagReading> readings_{};
};

} // namespace

NullDiagnosis diagnose_null(NullProducts products, NullContext const& context) {
    return Diagnosing{std::move(products), context}.work();
}

} // namespace stemlathe
