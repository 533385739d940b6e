#include "host/intake/null_findings.hpp"

#include "host/intake/finding_moment.hpp"
#include "host/intake/residual_finding.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stemlathe {

namespace {

/// A gain must differ from the common one by this many of its standard errors to be told.
constexpr double kErrors = 5.0;
/// ... and what it changes must not be less than this share of what is left unexplained.
constexpr double kStandsOut = 0.5;
/// A stem at less than this of the common gain is not in the reference.
constexpr double kAbsent = 0.1;
/// A stem counts as inverted from this part of the common gain on.
constexpr double kInverted = 0.25;
/// Two signals are one above this correlation.
constexpr double kSame = 0.999;
/// A stem this much below the reference does not make it.
constexpr double kHeard = 1e-4;
/// Gains of their own explain a mix where they leave this much less than one moving gain.
constexpr double kOwnGains_db = 3.0;

class Findings {
  public:
    Findings(NullDiagnosis const& diagnosis, NullContext const& context)
        : diagnosis_(diagnosis),
          context_(context),
          stems_(context.session.stems),
          reference_(context.reference.stem.file),
          sums_(products().sum(diagnosis.products.range.first, diagnosis.products.range.end)) {}

    std::vector<Finding> work() {
        if (!diagnosis_.matches) {
            add_no_match();
            return std::move(out_);
        }
        bool const has_copies = add_copies();
        if (has_copies) {
            return std::move(out_);
        }
        add_upside_down();
        for (std::size_t i = 0; i < stems_.size(); ++i) {
            add_stem(i);
        }
        if (auto finding = residual_finding(diagnosis_, context_)) {
            out_.push_back(std::move(*finding));
        }
        return std::move(out_);
    }

  private:
    [[nodiscard]] ProductBlocks const& products() const noexcept {
        return diagnosis_.products.products;
    }

    [[nodiscard]] NullFit const& fit() const noexcept {
        return diagnosis_.fit;
    }

    [[nodiscard]] double energy(std::size_t column) const {
        return sums_.at(column, column);
    }

    [[nodiscard]] double reference_energy() const {
        return energy(diagnosis_.products.reference);
    }

    [[nodiscard]] double left_over() const {
        return residual_energy(
            sums_, diagnosis_.products.placed, fit().stems.gains, diagnosis_.products.reference
        );
    }

    std::string set_loudest(Finding& finding, std::size_t stem) const {
        auto const column = diagnosis_.products.sent[stem];
        auto const energy = [&](std::size_t block) {
            return products().at(block, column, column);
        };
        return set_moment(finding, diagnosis_.products, context_, energy);
    }

    [[nodiscard]] Finding warning(std::string code, std::size_t stem) const {
        return {.code = std::move(code), .severity = Severity::warn, .stem = stems_[stem].file};
    }

    void add_no_match() {
        Finding finding{
            .code = "null_residual",
            .severity = Severity::warn,
            .measured = fit().fitted_db,
            .limit = kNullPass_db,
            .unit = "dB"};
        finding.message = fmt::format(
            "no stem is heard in {} at any offset: is it the mix of this song, from these stems? "
            "Send the bounce that belongs to them, or none",
            reference_
        );
        out_.push_back(std::move(finding));
    }

    [[nodiscard]] double correlation(std::size_t a, std::size_t b) const {
        double const power = energy(a) * energy(b);
        return power > 0.0 ? sums_.at(a, b) / std::sqrt(power) : 0.0;
    }

    /// Stems that are the reference itself. @returns whether one is: then the others say nothing
    bool add_copies() {
        auto const reference = diagnosis_.products.reference;
        double loud = 0;
        for (auto const column : diagnosis_.products.placed) {
            loud += energy(column) > kHeard * reference_energy() ? 1 : 0;
        }
        for (std::size_t i = 0; i < stems_.size(); ++i) {
            double const alike = std::abs(correlation(diagnosis_.products.placed[i], reference));
            if (alike <= kSame || (loud < 2 && stems_.size() > 1)) {
                continue;
            }
            auto finding = warning(stems_.size() == 1 ? "single_file" : "duplicate_stem", i);
            finding.measured = alike;
            finding.limit = kSame;
            finding.message =
                stems_.size() == 1
                    ? fmt::format(
                          "{} is {} itself: a finished mix cannot be balanced like stems. Send the "
                          "parts that it is made of",
                          stems_[i].file,
                          reference_
                      )
                    : fmt::format(
                          "{} is {} itself, so the whole mix sounds twice; take it out of the "
                          "stems",
                          stems_[i].file,
                          reference_
                      );
            out_.push_back(std::move(finding));
            return true;
        }
        add_twins();
        return false;
    }

    /// Stems that are each other.
    void add_twins() {
        for (std::size_t i = 0; i < stems_.size(); ++i) {
            for (std::size_t j = i + 1; j < stems_.size(); ++j) {
                auto const a = diagnosis_.products.sent[i];
                auto const b = diagnosis_.products.sent[j];
                double const alike = correlation(a, b);
                if (std::abs(alike) <= kSame || energy(a) < kHeard * reference_energy()) {
                    continue;
                }
                auto finding = warning("duplicate_stem", j);
                finding.measured = alike;
                finding.limit = kSame;
                finding.message = fmt::format(
                    "{} is the same audio as {}, so it sounds twice in their sum; if that was not "
                    "meant, take one of them out",
                    stems_[j].file,
                    stems_[i].file
                );
                out_.push_back(std::move(finding));
            }
        }
    }

    /// Whether it can be told from another stem, whose gain otherwise includes its own.
    [[nodiscard]] bool is_own(std::size_t stem) const {
        for (std::size_t other = 0; other < stems_.size(); ++other) {
            auto const a = diagnosis_.products.placed[stem];
            auto const b = diagnosis_.products.placed[other];
            if (other != stem && std::abs(correlation(a, b)) > kSame) {
                return false;
            }
        }
        return fit().is_judged[stem];
    }

    void add_upside_down() {
        if (fit().polarity < 0) {
            out_.push_back(
                {.code = "polarity_inverted",
                 .severity = Severity::info,
                 .stem = reference_,
                 .message = fmt::format(
                     "{} as a whole has the opposite polarity of the stems; nothing needs to be "
                     "done",
                     reference_
                 )}
            );
        }
    }

    void add_stem(std::size_t stem) {
        add_lag(stem);
        if (!is_own(stem)) {
            return;
        }
        double const gain = fit().relative_gain(stem);
        double const error = kErrors * fit().stems.errors[stem] / fit().gain;
        double const power = energy(diagnosis_.products.placed[stem]) * fit().gain * fit().gain;
        double const left = kStandsOut * left_over();
        bool const is_heard = power > left;
        if (std::abs(gain) < kAbsent && 1.0 - std::abs(gain) > error && is_heard) {
            add_absent(stem, gain);
            return;
        }
        if (-gain > std::max(kInverted, error) && gain * gain * power > left) {
            add_inverted(stem, gain);
        }
        double const level = level_of(stem);
        double const change = 1.0 - level;
        double const change_db = db_from_gain(level);
        bool const stands_out =
            std::abs(change) > error && change * change * power > kStandsOut * left_of_balance();
        if (std::abs(change_db) > kGainTolerance_db && stands_out) {
            add_level(stem, change_db);
        }
    }

    /// Relative to the common level. A compressor on the bus takes more from loud stems than from
    /// soft ones: then their levels beside its moving gain count, if they explain more than it
    /// does.
    [[nodiscard]] double level_of(std::size_t stem) const {
        if (!diagnosis_.bus) {
            return std::abs(fit().relative_gain(stem));
        }
        auto const& bus = *diagnosis_.bus;
        if (bus.balanced_db > bus.moving_db - kOwnGains_db) {
            return 1.0;
        }
        std::vector<double> energies;
        for (auto const column : diagnosis_.products.placed) {
            energies.push_back(energy(column));
        }
        return std::abs(bus.gains[stem]) / common_gain_of(bus.gains, energies);
    }

    [[nodiscard]] double left_of_balance() const {
        return diagnosis_.bus
                   ? std::pow(10.0, diagnosis_.bus->balanced_db / 10.0) * reference_energy()
                   : left_over();
    }

    void add_lag(std::size_t stem) {
        double const lag = diagnosis_.lags[stem];
        if (lag == 0.0) {
            return;
        }
        // A stem that must be later to fit was sent early.
        bool const is_early = lag > 0.0;
        auto const& file = stems_[stem].file;
        auto finding = warning("late_start", stem);
        finding.measured = -lag;
        finding.limit = 0.0;
        finding.unit = "samples";
        double const lag_s = std::abs(lag) / context_.session.rate_hz;
        auto const samples = diagnosis_.is_fraction[stem] ? fmt::format("{:.1f}", std::abs(lag))
                                                          : fmt::format("{:.0f}", std::abs(lag));
        auto const moment = set_loudest(finding, stem);
        finding.message = fmt::format(
            "{} lies {} {} ({:.2f} ms) {} against {}, plainest at {}; move it {} by as much and "
            "export it again, or set offset_s = {:.6f} for it in session.toml",
            file,
            samples,
            samples == "1" ? "sample" : "samples",
            1000.0 * lag_s,
            is_early ? "early" : "late",
            reference_,
            moment,
            is_early ? "later" : "earlier",
            stems_[stem].offset_s + lag / context_.session.rate_hz
        );
        out_.push_back(std::move(finding));
    }

    void add_absent(std::size_t stem, double gain) {
        auto finding = warning("missing_stem", stem);
        finding.measured = db_from_gain(std::abs(gain));
        finding.limit = db_from_gain(kAbsent);
        finding.unit = "dB";
        auto const moment = set_loudest(finding, stem);
        finding.message = fmt::format(
            "{} is not in {}, although it plays, loudest at {}; take it out of the stems if it was "
            "muted in the mix, or send the mix that has it",
            stems_[stem].file,
            reference_,
            moment
        );
        out_.push_back(std::move(finding));
    }

    void add_inverted(std::size_t stem, double gain) {
        auto finding = warning("polarity_inverted", stem);
        finding.measured = gain;
        finding.limit = 0.0;
        auto const moment = set_loudest(finding, stem);
        finding.message = fmt::format(
            "{} has the opposite polarity of what is in {}, plainest at {}; invert its polarity "
            "and "
            "export it again",
            stems_[stem].file,
            reference_,
            moment
        );
        out_.push_back(std::move(finding));
    }

    void add_level(std::size_t stem, double change_db) {
        auto finding = warning("level_differs_from_mix", stem);
        finding.measured = change_db;
        finding.limit = kGainTolerance_db;
        finding.unit = "dB";
        auto const moment = set_loudest(finding, stem);
        finding.message = fmt::format(
            "{} is {:.2f} dB {} in {} than among the stems, plainest at {}; export it again at the "
            "level of the mix, or set gain_db = {:+.2f} for it in the plan",
            stems_[stem].file,
            std::abs(change_db),
            change_db > 0.0 ? "louder" : "softer",
            reference_,
            moment,
            change_db
        );
        out_.push_back(std::move(finding));
    }

    NullDiagnosis const& diagnosis_;
    NullContext const& context_;
    std::vector<Stem> const& stems_;
    std::string const& reference_;
    ProductMatrix sums_;
    std::vector<Finding> out_{};
};

} // namespace

std::vector<Finding> null_findings(NullDiagnosis const& diagnosis, NullContext const& context) {
    return Findings{diagnosis, context}.work();
}

NullReading null_reading(NullDiagnosis const& diagnosis) {
    return {
        .offset_samples = diagnosis.offset_frames,
        .gain_db = db_from_gain(diagnosis.fit.gain),
        .polarity = diagnosis.fit.polarity,
        .residual_db = diagnosis.fit.sent_db};
}

} // namespace stemlathe
