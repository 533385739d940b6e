#include "host/comments/advice.hpp"

#include "host/comments/clock.hpp"
#include "host/comments/named_bands.hpp"
#include "host/comments/propose.hpp"
#include "host/comments/wishes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace stemlathe {

namespace {

constexpr double kStep_db = 0.5;

/// More cannot be made up for by a gain.
constexpr double kAlmostSilent_db = 20.0;

/// A band counts that is part of the stem's sound, and, where no stem is named, of the mix's.
constexpr double kOverStem_db_min = -20.0;
constexpr double kShare_min = 0.15;

/// Half of it, in steps, at most `limit_db`; at least one step, for somebody asked for it.
double half_of(double excess_db, double limit_db) noexcept {
    double const half = std::round(excess_db / 2.0 / kStep_db) * kStep_db;
    return std::clamp(half, kStep_db, limit_db);
}

/// "2 to 5 kHz", "120 to 500 Hz"
std::string hz_text(double low_hz, double high_hz) {
    return high_hz >= 1000.0 && low_hz >= 1000.0
               ? fmt::format("{} to {} kHz", low_hz / 1000.0, high_hz / 1000.0)
               : fmt::format("{} to {} Hz", low_hz, high_hz);
}

/// "5.1 dB over", "0.4 dB under"
std::string over_text(double level_db) {
    return fmt::format("{:.1f} dB {}", std::abs(level_db), level_db < 0.0 ? "under" : "over");
}

/// No more digits than mean something.
double round_hz(double hz) noexcept {
    double const step = hz >= 1000.0 ? 100.0 : 5.0;
    return std::round(hz / step) * step;
}

/// A bell whose gain has fallen to half, in dB, at the band's edges. Source: RBJ Audio EQ Cookbook,
/// bandwidth of a peaking equaliser between midpoint gains, f0 / Q.
EqualiserBand bell(double low_hz, double high_hz, double gain_db) noexcept {
    double const centre_hz = std::sqrt(low_hz * high_hz);
    double const q = std::round(100.0 * centre_hz / (high_hz - low_hz)) / 100.0;
    return {.hz = round_hz(centre_hz), .gain_db = gain_db, .q = q, .points = {}};
}

Answer note(std::string text) {
    return {.note = std::move(text)};
}

/// One band of one stem at the moment.
struct Excess {
    std::string stem{};
    double low_hz = 0.0;
    double high_hz = 0.0;
    double excess_db = 0.0;
    bool is_sibilance = false;
};

class Adviser {
  public:
    Adviser(
        CommentReading const& reading, std::span<Stem const> stems, MaskingReading const* masking
    )
        : reading_(reading), measured_(reading.measurements), stems_(stems), masking_(masking) {}

    [[nodiscard]] Answer answer() const {
        auto const wishes = wishes_in(reading_.comment.text, stems_);
        if (wishes.empty()) {
            return {};
        }
        if (!reading_.comment.anchored) {
            return note("no time was given, so nothing was measured; write it as \"0:47 - ...\"");
        }
        if (measured_.to_s <= measured_.from_s) {
            return note("this moment was not analysed, so nothing is proposed");
        }
        Answer first;
        for (auto const& wish : wishes) {
            auto found = answer_to(wish);
            if (found.proposal) {
                return found;
            }
            first = first.note.empty() ? found : first;
        }
        return first;
    }

  private:
    [[nodiscard]] Answer answer_to(StatedWish const& stated) const {
        auto files = files_of(stated);
        switch (stated.wish) {
        case Wish::louder:
            return louder(files);
        case Wish::quieter:
            return quieter(files);
        default:
            return reshape(remedy_for(stated.wish), files);
        }
    }

    /// The stems that this part of the sentence names, else the one that the remark is about.
    [[nodiscard]] std::vector<std::string> files_of(StatedWish const& stated) const {
        auto const& own = reading_.comment.stem;
        if (std::ranges::find(stems_, own, &Stem::file) != stems_.end()) {
            return {own};
        }
        std::vector<std::string> files;
        files.reserve(stated.stems.size());
        for (auto const stem : stated.stems) {
            files.push_back(stems_[stem].file);
        }
        return files;
    }

    /// The stem's role where no other has it, else its file name.
    [[nodiscard]] std::string name(std::string const& file) const {
        auto const stem = std::ranges::find(stems_, file, &Stem::file);
        if (stem == stems_.end() || stem->role == Role::other ||
            std::ranges::count(stems_, stem->role, &Stem::role) > 1) {
            return file;
        }
        return std::string{name_of(stem->role)};
    }

    [[nodiscard]] static std::string when(double from_s, double to_s) {
        return fmt::format("{} to {}", clock_text(from_s), clock_text(to_s));
    }

    [[nodiscard]] RegionPlan region(double gain_db) const {
        return {
            .start_s = measured_.from_s,
            .end_s = measured_.to_s,
            .gain_db = gain_db,
            .fade_s = kRegionFade_s};
    }

    [[nodiscard]] std::optional<double> level_of(std::string const& file) const {
        auto const& levels = measured_.stem_levels;
        auto const level = std::ranges::find(levels, file, &StemLevelAtMoment::stem);
        return level != levels.end() ? level->against_median_db : std::nullopt;
    }

    /// What speaks most for the remedy, of the stems named or of all.
    [[nodiscard]] std::optional<Excess>
    worst(BandRemedy const& remedy, std::vector<std::string> const& files) const {
        std::optional<Excess> found;
        auto const consider = [&](Excess const& excess) {
            bool const is_named =
                files.empty() || std::ranges::find(files, excess.stem) != files.end();
            bool const is_more = !found || (remedy.cuts ? excess.excess_db > found->excess_db
                                                        : excess.excess_db < found->excess_db);
            if (is_named && is_more) {
                found = excess;
            }
        };
        auto const& sibilance = kNamedBands[kSibilanceBand];
        bool const has_esses = remedy.bands[0] == sibilance.name && measured_.sibilance_db;
        if (has_esses) { // measured for a voice, on purpose
            consider(
                {.stem = measured_.sibilance_stem,
                 .low_hz = sibilance.low_hz,
                 .high_hz = sibilance.high_hz,
                 .excess_db = *measured_.sibilance_db,
                 .is_sibilance = true}
            );
        }
        for (auto const& band : measured_.band_excess) {
            bool const matters = band.over_stem_db >= kOverStem_db_min &&
                                 (!files.empty() || band.share >= kShare_min);
            bool const is_meant =
                matters && std::ranges::find(remedy.bands, band.band) != remedy.bands.end();
            if (is_meant &&
                (!has_esses || (band.stem != measured_.sibilance_stem && !files.empty()))) {
                consider({band.stem, band.low_hz, band.high_hz, band.excess_db});
            }
        }
        return found;
    }

    [[nodiscard]] Answer
    reshape(BandRemedy const& remedy, std::vector<std::string> const& files) const {
        auto const found = worst(remedy, files);
        if (!found) {
            return note(
                measured_.band_excess.empty()
                    ? silent(files)
                    : "the numbers do not show it: there is too little at that range to matter"
            );
        }
        double const wanted_db = remedy.cuts ? found->excess_db : -found->excess_db;
        auto const range = hz_text(found->low_hz, found->high_hz);
        auto const level = over_text(found->excess_db) + " its median there";
        if (wanted_db < kSticksOut_db) {
            return note(fmt::format(
                "the numbers do not show it: the {} in {} is {}; from {} dB on a change is "
                "proposed",
                found->is_sibilance ? "sibilance" : "weight of " + range,
                name(found->stem),
                level,
                kSticksOut_db
            ));
        }
        double const gain_db =
            remedy.cuts ? -half_of(wanted_db, kCut_db_max) : half_of(wanted_db, kBoost_db_max);
        auto plan = region(0.0);
        if (found->is_sibilance && measured_.sibilant_from_s && measured_.sibilant_to_s) {
            plan.start_s = *measured_.sibilant_from_s;
            plan.end_s = *measured_.sibilant_to_s;
        }
        plan.eq.push_back({.band = bell(found->low_hz, found->high_hz, gain_db)});
        auto reason = fmt::format(
            "{} {:+.1f} dB at {}, {}: {} is {}",
            name(found->stem),
            gain_db,
            range,
            when(plan.start_s, plan.end_s),
            found->is_sibilance ? "sibilance" : "that range",
            level
        );
        return {.proposal = CommentProposal{found->stem, std::move(plan), std::move(reason)}};
    }

    [[nodiscard]] Answer quieter(std::vector<std::string> const& files) const {
        if (files.size() != 1) {
            return note(which_stem(files));
        }
        auto const level_db = level_of(files[0]);
        if (!level_db) {
            return note(silent(files));
        }
        if (*level_db < kLoud_db_min) {
            return note(disagreement(files[0], *level_db));
        }
        return gain(files[0], -half_of(*level_db, kDown_db_max), level_text(*level_db));
    }

    /// Of the stems named the one that another covers, or the only one.
    [[nodiscard]] Answer louder(std::vector<std::string> const& files) const {
        auto const* const finding = covering(files);
        if (finding == nullptr && files.size() != 1) {
            return note(which_stem(files));
        }
        auto const& file = finding != nullptr ? finding->masked : files[0];
        auto const level_db = level_of(file);
        if (!level_db) {
            return note(silent({file}));
        }
        if (*level_db < -kAlmostSilent_db) {
            return note(silent({file}));
        }
        double const lacks_db = *level_db <= -kLoud_db_min ? -*level_db : 0.0;
        if (finding == nullptr && lacks_db == 0.0) {
            return note(disagreement(file, *level_db));
        }
        if (finding == nullptr) {
            return gain(file, half_of(lacks_db, kBoost_db_max), level_text(*level_db));
        }
        double const short_db = finding->target_db - finding->margin_db;
        auto const shown = fmt::format(
            "masked by {} there, {:.1f} dB short of being clear", name(finding->masker), short_db
        );
        if (finding->fix && finding->fix->applied) {
            return note(fmt::format(
                "{}; the fix that the masking analysis has put on {} answers it",
                shown,
                name(finding->fix->stem)
            ));
        }
        return gain(file, half_of(std::max(short_db, lacks_db), kBoost_db_max), shown);
    }

    /// The worst finding there in which a stem named is masked; by another one named if there are
    /// several.
    [[nodiscard]] MaskingFinding const* covering(std::vector<std::string> const& files) const {
        MaskingFinding const* worst = nullptr;
        for (auto const index : measured_.masking_findings) {
            if (masking_ == nullptr || index >= masking_->findings.size()) {
                continue;
            }
            auto const& finding = masking_->findings[index];
            auto const is_named = [&](std::string const& file) {
                return std::ranges::find(files, file) != files.end();
            };
            bool const fits =
                is_named(finding.masked) && (files.size() == 1 || is_named(finding.masker));
            auto const short_db = [](MaskingFinding const& each) {
                return each.target_db - each.margin_db;
            };
            if (fits && (worst == nullptr || short_db(finding) > short_db(*worst))) {
                worst = &finding;
            }
        }
        return worst;
    }

    [[nodiscard]] Answer
    gain(std::string const& file, double gain_db, std::string const& shown) const {
        auto plan = region(gain_db);
        auto reason = fmt::format(
            "{} {:+.1f} dB, {}: {}", name(file), gain_db, when(plan.start_s, plan.end_s), shown
        );
        return {.proposal = CommentProposal{file, std::move(plan), std::move(reason)}};
    }

    [[nodiscard]] static std::string level_text(double level_db) {
        return fmt::format("its level is {} its median there", over_text(level_db));
    }

    [[nodiscard]] std::string disagreement(std::string const& file, double level_db) const {
        return fmt::format(
            "the numbers do not show it: the level of {} is {} its median there; from {} dB on a "
            "change is proposed",
            name(file),
            over_text(level_db),
            kLoud_db_min
        );
    }

    [[nodiscard]] std::string silent(std::vector<std::string> const& files) const {
        return files.empty() ? std::string{"nothing plays there"}
                             : fmt::format("{} is all but silent there", name(files[0]));
    }

    [[nodiscard]] static std::string which_stem(std::vector<std::string> const& files) {
        return files.empty() ? "say which stem is meant, and a change can be proposed"
                             : "several stems are named; say which one is meant, and a change can "
                               "be proposed";
    }

    CommentReading const& reading_;
    CommentMeasurements const& measured_;
    std::span<Stem const> stems_;
    MaskingReading const* masking_;
};

} // namespace

Answer
advise(CommentReading const& reading, std::span<Stem const> stems, MaskingReading const* masking) {
    return Adviser{reading, stems, masking}.answer();
}

} // namespace stemlathe
