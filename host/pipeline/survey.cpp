#include "host/pipeline/survey.hpp"

#include "host/intake/null_test.hpp"
#include "host/intake/session_checks.hpp"
#include "host/intake/stem_intake.hpp"
#include "host/pipeline/levels.hpp"
#include "host/session/scan.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

namespace stemlathe {

namespace {

constexpr int kShortTermHops = 30; // of 100 ms

/// Meters and checks of one stem.
class StemMeters {
  public:
    StemMeters(Stem const& stem, Session const& session, Window const& window, Backend& backend)
        : source_(stem, session, window, backend),
          intake_(stem),
          energies_(backend.make_energy_meter({.rate_hz = session.rate_hz, .per_channel = true})),
          peak_(backend.make_true_peak_meter({.rate_hz = session.rate_hz})) {}

    /// Takes the next frames; empty once the stem has failed.
    AudioView advance(std::int64_t target) {
        if (failure_) {
            return {};
        }
        try {
            auto const view = source_.advance(target);
            energies_->process(view);
            peak_->process(view);
            return view;
        } catch (Failure const& failure) {
            if (failure.code() != Code::not_a_number && failure.code() != Code::unreadable) {
                throw;
            }
            failure_ = failure;
            return {};
        }
    }

    /// Checks what the last `advance` read; any thread.
    void check() {
        if (!failure_) {
            intake_.process(source_.last_read(), source_.last_read_frame());
        }
    }

    [[nodiscard]] StemPrint const& print() const noexcept {
        return intake_.print();
    }

    [[nodiscard]] bool is_done() const noexcept {
        return failure_.has_value() || source_.is_done();
    }

    [[nodiscard]] std::optional<Failure> const& failure() const noexcept {
        return failure_;
    }

    [[nodiscard]] StemReading finish(Stem const& stem, std::vector<Finding>& findings) {
        intake_.finish(findings);
        auto const track = energies_->finish();
        StemReading reading{.file = stem.file, .role = stem.role};
        reading.integrated_lufs = unless_silent(integrated_lufs(track));
        reading.true_peak_dbtp = unless_silent(db_from_gain(peak_->finish().peak));
        if (auto const rms = unless_silent(rms_dbfs(track))) {
            reading.crest_db = db_from_gain(sample_peak(track)) - *rms;
        }
        reading.correlation = correlation(track);
        reading.peak = track.peak;
        auto const levels = sliding_lufs(track, 1);
        reading.level_lufs.assign(levels.begin(), levels.end());
        return reading;
    }

  private:
    StemSource source_;
    StemIntake intake_;
    std::unique_ptr<EnergyMeter> energies_;
    std::unique_ptr<TruePeakMeter> peak_;
    std::optional<Failure> failure_;
};

/// The sum of the stems, measured while it passes.
class MixMeters {
  public:
    MixMeters(int rate_hz, int stems, Backend& backend)
        : mix_(backend.make_mix({.inputs = stems})),
          weighted_(backend.make_energy_meter({.rate_hz = rate_hz})),
          peak_(backend.make_true_peak_meter({.rate_hz = rate_hz})) {}

    /// The sum's next view, to be measured before the next is asked for.
    [[nodiscard]] AudioView sum(std::span<AudioView const> stems) {
        return mix_->process(stems);
    }

    /// The two halves of measuring a view, which may run side by side.
    void weigh(AudioView view) {
        weighted_->process(view);
    }

    void find_peaks(AudioView view) {
        peak_->process(view);
    }

    void finish(Survey& survey) {
        auto const rest = mix_->finish();
        weigh(rest);
        find_peaks(rest);
        auto const track = weighted_->finish();
        survey.mix.integrated_lufs = unless_silent(integrated_lufs(track));
        survey.mix.true_peak_dbtp = unless_silent(db_from_gain(peak_->finish().peak));
        auto const short_term = sliding_lufs(track, kShortTermHops);
        // EBU Tech 3342 counts from the first full window on.
        auto const full = std::span{short_term}.subspan(
            std::min<std::size_t>(kShortTermHops - 1, short_term.size())
        );
        survey.mix.loudness_range_lu = loudness_range_lu(full);
        survey.mix_short_term_lufs.assign(short_term.begin(), short_term.end());
    }

  private:
    std::unique_ptr<Stage> mix_;
    std::unique_ptr<EnergyMeter> weighted_;
    std::unique_ptr<TruePeakMeter> peak_;
};

Finding finding_of(Failure const& failure, std::string const& file) {
    bool const bad_number = failure.code() == Code::not_a_number;
    return {
        .code = bad_number ? "not_a_number" : "unreadable",
        .severity = Severity::refuse,
        .stem = file,
        .message = failure.what()};
}

/// Without what the checks of the stems found already.
void add_new(std::vector<Finding> const& from, std::vector<Finding>& findings) {
    for (auto const& finding : from) {
        bool const is_known = std::ranges::any_of(findings, [&](Finding const& known) {
            return known.code == finding.code && known.stem == finding.stem;
        });
        if (!is_known || finding.code != "duplicate_stem") {
            findings.push_back(finding);
        }
    }
}

/// All stems, segment by segment, and the reference mix beside them; beside the stems' next segment
/// the sum of their last is measured.
/// Once a stem has failed there is no sum any more, and none is needed.
void decode_all(
    std::vector<std::unique_ptr<StemMeters>> const& stems,
    MixMeters& mix,
    NullTest& null_test,
    Window const& window,
    Run& run,
    Tasks& crew
) {
    constexpr std::size_t kMixParts = 2;
    // The sum of one stem may be the stem's own view, which does not outlive its next piece.
    bool const overlaps = stems.size() > 1;
    std::vector<AudioView> views(stems.size());
    AudioView sum{};
    auto const measure_sum = [&](std::size_t part) {
        part == 0 ? mix.find_peaks(sum) : mix.weigh(sum);
    };
    auto const is_done = [](auto const& stem) {
        return stem->is_done();
    };
    auto const has_failed = [](auto const& stem) {
        return stem->failure().has_value();
    };
    std::int64_t target = 0;
    while (!std::ranges::all_of(stems, is_done)) {
        target = std::min(target + run.segment_frames, window.frames);
        auto const reference = null_test.is_on() ? std::size_t{1} : 0;
        crew.for_each(kMixParts + stems.size() + reference, [&](std::size_t part) {
            if (part < kMixParts) {
                measure_sum(part);
            } else if (part == kMixParts + stems.size()) {
                null_test.advance(target);
            } else {
                views[part - kMixParts] = stems[part - kMixParts]->advance(target);
            }
        });
        run.tasks().for_each(stems.size() + reference, [&](std::size_t i) {
            i < stems.size() ? stems[i]->check() : null_test.check();
        });
        bool const is_whole = !std::ranges::any_of(stems, has_failed);
        sum = is_whole ? mix.sum(views) : AudioView{};
        if (is_whole) {
            null_test.take(views, run.tasks());
        }
        if (!overlaps) {
            crew.for_each(kMixParts, measure_sum);
            sum = {};
        }
        run.advance(target, window.frames);
    }
    crew.for_each(kMixParts, measure_sum);
}

} // namespace

Survey survey(Session const& session, Window const& window, Backend& backend, Run& run) {
    std::vector<std::unique_ptr<StemMeters>> stems;
    for (auto const& stem : session.stems) {
        stems.push_back(std::make_unique<StemMeters>(stem, session, window, backend));
    }
    MixMeters mix{session.rate_hz, static_cast<int>(stems.size()), backend};
    NullTest null_test{session, window, backend};
    decode_all(stems, mix, null_test, window, run, run.stage_tasks(backend.info().stage_threads));
    Survey out;
    out.stems.reserve(stems.size());
    std::vector<SurveyedStem> surveyed;
    for (std::size_t i = 0; i < stems.size(); ++i) {
        auto const& stem = session.stems[i];
        if (stems[i]->failure()) {
            out.findings.push_back(finding_of(*stems[i]->failure(), stem.file));
            continue;
        }
        out.stems.push_back(stems[i]->finish(stem, out.findings));
        surveyed.push_back(
            {.stem = &stem, .reading = &out.stems.back(), .print = &stems[i]->print()}
        );
    }
    find_true_peaks(surveyed, out.findings);
    find_duplicates(surveyed, out.findings);
    find_late_start(
        surveyed, static_cast<double>(window.from_frame) / session.rate_hz, out.findings
    );
    mix.finish(out);
    bool const is_whole = out.stems.size() == stems.size();
    if (is_whole) {
        auto outcome = null_test.finish(run);
        out.mix.null_vs_reference = outcome.reading;
        out.time_reference_is_wrong = outcome.time_reference_is_wrong;
        add_new(outcome.findings, out.findings);
    }
    return out;
}

} // namespace stemlathe
