#include "host/pipeline/unmask.hpp"

#include "host/masking/apply_fixes.hpp"
#include "host/masking/findings.hpp"
#include "host/masking/fix_choice.hpp"
#include "host/masking/fix_forecast.hpp"
#include "host/masking/fix_solver.hpp"
#include "host/masking/other_advice.hpp"
#include "host/masking/verification.hpp"
#include "host/pipeline/layering.hpp"
#include "host/plan/matching.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace stemlathe {

namespace {

constexpr int kRounds = 3;

/// Share of what may change that a first attempt uses; each attempt that goes too far is followed
/// by a gentler one.
constexpr double kFirstShare = 0.95;
constexpr double kGentler = 0.9;

/// A fix must bring its events at least so much, and so much of what was predicted.
constexpr double kLeastGain_db = 0.3;
constexpr double kLeastShareOfPrediction = 0.4;

std::string name_of(MaskingProfile profile) {
    return profile == MaskingProfile::music ? "music" : "mgb97";
}

std::string name_of(Field field) {
    return field == Field::diffuse ? "diffuse" : "free";
}

std::string type_of(Fix const& fix) {
    if (fix.is_gain()) {
        return "level";
    }
    if (fix.recurring) {
        return "sidechain";
    }
    switch (fix.band.band.type) {
    case EqualiserType::low_shelf:
        return "low-shelf";
    case EqualiserType::high_shelf:
        return "high-shelf";
    default:
        return "bell";
    }
}

/// One job of unmasking, from the first look to the accepted plan.
class Unmasking {
  public:
    Unmasking(
        Session const& session,
        Window const& window,
        MasteringPlan const& plan,
        Survey const& surveyed,
        UnmaskSettings const& settings,
        Backend& backend,
        Run& run
    )
        : session_(session),
          window_(window),
          plan_(plan),
          settings_(settings),
          backend_(backend),
          run_(run),
          activity_(surveyed.stems, masking_goals(session)),
          bands_hz_(analysis_bands_hz(session.rate_hz)),
          hop_s_(analysis_hop_s(session.rate_hz)),
          calibration_db_spl_(calibration_db_spl(settings.listening, surveyed.mix.integrated_lufs)),
          before_(first_look()),
          forecast_(before_.sums, before_.balance, bands_hz_, settings.listening.field) {
        std::ranges::transform(session.stems, std::back_inserter(files_), &Stem::file);
        events_ = worth_telling(std::move(before_.events), hop_s_);
        layered_ = layered_pairs(session, window, events_, bands_hz_, hop_s_, backend, run);
        std::erase_if(events_, [&](MaskingEvent const& event) {
            return includes(layered_, event.pair);
        });
    }

    [[nodiscard]] Unmasked run() {
        candidates_ = fix_candidates(
            {.sums = before_.sums,
             .events = events_,
             .bands_hz = bands_hz_,
             .files = files_,
             .may_change = settings_.may_change,
             .layered = layered_,
             .field = settings_.listening.field,
             .calibration_db_spl = calibration_db_spl_}
        );
        choose();
        for (int round = 0; settings_.apply && round < kRounds && !fixes_.empty(); ++round) {
            if (try_fixes()) {
                return {
                    .plan = with_fixes(plan_, fixes_, makeup_db_, files_), .reading = reading()};
            }
            choose();
        }
        after_.reset();
        return {.plan = plan_, .reading = reading()};
    }

  private:
    struct Refused {
        Fix fix{};
        std::string reason{};
    };

    [[nodiscard]] AnalysisSettings listening() const {
        return {.listening = settings_.listening, .calibration_db_spl = calibration_db_spl_};
    }

    [[nodiscard]] MaskingAnalysis first_look() {
        run_.begin("analyse", settings_.percent * (settings_.apply ? 0.4 : 1.0));
        auto wishes = listening();
        wishes.csv = settings_.csv;
        wishes.listener = settings_.listener;
        return analyse(session_, window_, plan_, activity_, wishes, backend_, run_);
    }

    void choose() {
        fixes_ =
            choose_gains(candidates_, forecast_, before_.sums, before_.balance, bands_hz_, share_);
    }

    /// Processes and analyses the stems again. @returns true if all is as it should be; else the
    /// fixes that do not keep their promise are no candidates any more, and the next attempt is
    /// gentler where this one changed too much.
    [[nodiscard]] bool try_fixes() {
        run_.begin("unmask", settings_.percent * 0.3);
        auto wishes = listening();
        wishes.with_events = false;
        wishes.watched = events_;
        auto const tried = with_fixes(plan_, fixes_, 0.0, files_);
        after_ = analyse(session_, window_, tried, activity_, wishes, backend_, run_);
        makeup_db_ = makeup_db(before_.balance, after_->balance);
        bool const all_help = drop_useless();
        auto const changed = violations(
            before_.balance,
            after_->balance,
            makeup_db_,
            before_.sums,
            after_->sums,
            bands_hz_,
            files_
        );
        if (!changed.empty()) {
            share_ *= kGentler;
            went_too_far_ = changed.front();
        }
        return all_help && changed.empty() && after_->sums.score_db() < before_.sums.score_db();
    }

    /// A fix that its own events do not thank for is none. @returns true if all help
    [[nodiscard]] bool drop_useless() {
        auto const before = candidates_.size();
        for (auto const& fix : fixes_) {
            if (fix.compensates) {
                continue;
            }
            auto const [predicted_db, measured_db] = gain_of(fix);
            if (measured_db >= kLeastGain_db &&
                measured_db >= kLeastShareOfPrediction * predicted_db) {
                continue;
            }
            refused_.push_back(
                {.fix = fix,
                 .reason = fmt::format(
                     "it brought {:.1f} dB where {:.1f} dB were predicted",
                     measured_db,
                     predicted_db
                 )}
            );
            std::erase_if(candidates_, [&](Fix const& candidate) {
                return candidate.pair == fix.pair && candidate.boosts == fix.boosts &&
                       candidate.band.band.hz == fix.band.band.hz;
            });
        }
        return candidates_.size() == before;
    }

    struct Gain {
        double predicted_db = 0.0;
        double measured_db = 0.0;
    };

    /// What the events of a fix's pair around its band gained, weighted by what they lack.
    [[nodiscard]] Gain gain_of(Fix const& fix) const {
        Gain gain;
        double mass = 0.0;
        for (std::size_t e = 0; e < events_.size(); ++e) {
            auto const& event = events_[e];
            if (!helps(fix, event) || !after_->watched_db[e]) {
                continue;
            }
            double const was_db = mean_margin_db(event, main_bands(event));
            mass += event.mass;
            gain.predicted_db += event.mass * (forecast_.margin_db(fixes_, event) - was_db);
            gain.measured_db += event.mass * (*after_->watched_db[e] - was_db);
        }
        if (mass > 0.0) {
            gain.predicted_db /= mass;
            gain.measured_db /= mass;
        }
        return gain;
    }

    [[nodiscard]] bool helps(Fix const& fix, MaskingEvent const& event) const {
        constexpr double kFelt_db = 0.25;
        if (fix.is_gain()) {
            return fix.pair.masked == event.pair.masked;
        }
        bool const is_its_pair =
            fix.boosts ? fix.pair.masked == event.pair.masked : fix.pair == event.pair;
        auto const bands = main_bands(event);
        return is_its_pair &&
               std::any_of(
                   fix.power.begin() + static_cast<std::ptrdiff_t>(bands.low),
                   fix.power.begin() + static_cast<std::ptrdiff_t>(bands.high) + 1,
                   [](double power) { return std::abs(db_from_power(power)) > kFelt_db; }
               );
    }

    [[nodiscard]] MaskingFix shown(Fix const& fix) const {
        auto const& band = fix.band.band;
        MaskingFix out{.stem = files_[fix.pair.masker], .type = type_of(fix)};
        out.gain_db = band.gain_db;
        if (!fix.is_gain()) {
            out.hz = band.hz;
            out.q = band.q;
        }
        out.dynamic = fix.band.dynamic.has_value();
        return out;
    }

    /// The fix of an event: one that stands, a cut before a gain; else one that was refused and
    /// why.
    [[nodiscard]] std::optional<MaskingFix> fix_of(std::size_t e) const {
        auto const& event = events_[e];
        for (bool const is_cut : {true, false}) {
            for (auto const& fix : fixes_) {
                if (fix.is_cut() == is_cut && !fix.compensates && helps(fix, event)) {
                    auto out = shown(fix);
                    out.predicted_margin_db = forecast_.margin_db(fixes_, event);
                    out.applied = after_.has_value();
                    out.measured_margin_db = after_ ? after_->watched_db[e] : std::nullopt;
                    return out;
                }
            }
        }
        for (auto const& [fix, reason] : refused_) {
            if (helps(fix, event)) {
                auto out = shown(fix);
                out.predicted_margin_db = forecast_.margin_db(std::span{&fix, 1}, event);
                out.note = "Tried and taken back: " + reason + ".";
                return out;
            }
        }
        return other_advice(
            event, session_.stems, before_.sums, before_.balance, bands_hz_, forecast_
        );
    }

    [[nodiscard]] MaskingReading reading() {
        MaskingReading out{
            .profile = name_of(settings_.listening.profile),
            .field = name_of(settings_.listening.field),
            .calibration_db_spl =
                settings_.listening.spl_at_full_scale_db.value_or(Listening::kPlayback_db_spl),
            .bands_hz = bands_hz_,
            .hop_s = hop_s_,
            .score_before = before_.sums.score_db()};
        if (after_) {
            out.score_after = after_->sums.score_db();
        }
        out.pairs = masking_pairs(before_.sums, files_, layered_);
        FindingContext const context{
            .sums = before_.sums,
            .bands_hz = bands_hz_,
            .files = files_,
            .hop_s = hop_s_,
            .from_s = static_cast<double>(window_.from_frame) / session_.rate_hz};
        for (std::size_t e = 0; e < events_.size(); ++e) {
            out.findings.push_back(finding_of(events_[e], context));
            out.findings.back().fix = fix_of(e);
        }
        out.notes = notes();
        out.column_s = before_.column_s;
        out.maps = std::move(before_.maps);
        return out;
    }

    /// The fixes that stood the test.
    [[nodiscard]] std::span<Fix const> applied() const {
        return after_ ? std::span<Fix const>{fixes_} : std::span<Fix const>{};
    }

    [[nodiscard]] std::vector<std::string> notes() const {
        std::vector<std::string> notes;
        for (auto const& pair : layered_) {
            notes.push_back(fmt::format(
                "{} and {} are coherent: layers of one thing, not masking.",
                spoken_name(files_[pair.masker]),
                spoken_name(files_[pair.masked])
            ));
        }
        for (auto const& fix : applied()) {
            if (fix.compensates) {
                notes.push_back(fmt::format(
                    "{} was raised by {:.1f} dB for what its cuts took.",
                    spoken_name(files_[fix.pair.masker]),
                    fix.band.band.gain_db
                ));
            }
        }
        if (after_ && std::abs(makeup_db_) >= 0.05) {
            notes.push_back(fmt::format(
                "All stems were changed by {:+.1f} dB, so that the mix is as loud with the fixes "
                "as without.",
                makeup_db_
            ));
        }
        if (!went_too_far_.empty()) {
            notes.push_back(
                (after_ ? "The fixes are gentler than the masking asks for: with more "
                        : "No fixes were applied: with them ") +
                went_too_far_ + "."
            );
        }
        return notes;
    }

    Session const& session_;
    Window const& window_;
    MasteringPlan const& plan_;
    UnmaskSettings const& settings_;
    Backend& backend_;
    Run& run_;
    Activity activity_;
    std::vector<double> bands_hz_;
    double hop_s_;
    double calibration_db_spl_;
    MaskingAnalysis before_;
    std::vector<std::string> files_;
    std::vector<MaskingEvent> events_;
    FixForecast forecast_;
    std::vector<StemPair> layered_;
    std::vector<Fix> candidates_; ///< the most helpful first
    std::vector<Fix> fixes_;      ///< those of them that stand, with their gains
    std::vector<Refused> refused_;
    double share_ = kFirstShare; ///< of what may change
    std::string went_too_far_;   ///< what an attempt changed too much, last
    double makeup_db_ = 0.0;
    std::optional<MaskingAnalysis> after_;
};

} // namespace

std::vector<bool> undecided_equalisers(MasteringPlan const& plan, Session const& session) {
    std::vector<bool> undecided;
    for (auto const& stem : session.stems) {
        undecided.push_back(plan_for_stem(plan, stem).eq.is_auto());
    }
    return undecided;
}

Unmasked unmask(
    Session const& session,
    Window const& window,
    MasteringPlan const& plan,
    Survey const& surveyed,
    UnmaskSettings const& settings,
    Backend& backend,
    Run& run
) {
    return Unmasking{session, window, plan, surveyed, settings, backend, run}.run();
}

} // namespace stemlathe
