#include "host/report/html/sections.hpp"
#include "host/report/html/stem_names.hpp"
#include "host/report/html/text.hpp"
#include "host/report/html/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <tuple>

namespace stemlathe::html {

namespace {

std::string line(std::string const& name, std::string const& sentence) {
    return sentence.empty() ? sentence
                            : "<div><dt>" + name + "</dt><dd>" + sentence + "</dd></div>";
}

std::string loudness_list(MasteringReport const& report) {
    std::string out;
    for (auto const& delivery : report.deliveries) {
        if (delivery.reading.integrated_lufs) {
            out += (out.empty() ? "" : ", ") + escaped(delivery.label()) + " " +
                   figure(delivery.reading.integrated_lufs);
        }
    }
    return out.empty() ? out : ": " + out + " LUFS";
}

std::string delivery_sentence(MasteringReport const& report) {
    auto const all = report.deliveries.size();
    if (all == 0) {
        return report.mix.integrated_lufs ? "Nothing was rendered; the stems sum to a mix of " +
                                                figure(report.mix.integrated_lufs) + " LUFS."
                                          : std::string{"Nothing was rendered."};
    }
    auto const kept = static_cast<std::size_t>(
        std::ranges::count(report.deliveries, true, &DeliveryReport::within_spec)
    );
    auto const outcome =
        kept == all ? (all == 1 ? std::string{"The delivery is within its spec"}
                                : "All " + in_words(all) + " deliveries are within their specs")
                    : fmt::format(
                          "{} of {} {} its spec",
                          capital(in_words(all - kept)),
                          in_words(all),
                          all - kept == 1 ? "deliveries misses" : "deliveries miss"
                      );
    return outcome + loudness_list(report) + ".";
}

/// What was done about a finding, as the rest of a sentence.
std::string deed(MaskingFinding const& finding, StemNames const& names) {
    if (!finding.fix) {
        return "no fix is proposed";
    }
    auto const& fix = *finding.fix;
    auto out = fix_words(fix, finding.masked, names);
    out += fix.applied ? " was applied" : " is proposed";
    if (fix.measured_margin_db) {
        return out + ": " + figure(fix.measured_margin_db) + " dB measured";
    }
    return fix.predicted_margin_db ? out + ": " + figure(fix.predicted_margin_db) + " dB predicted"
                                   : out;
}

std::string masking_sentence(MaskingReading const& masking, StemNames const& names) {
    if (masking.findings.empty()) {
        return "No stem is masked for long enough, or by enough, to be worth a word.";
    }
    auto const& worst = masking.findings.front();
    return fmt::format(
        R"(The worst of {}: <a href="#{}">{} over {}</a>, {} at {}, with a margin of {} dB where )"
        "{} dB is wanted; {}.",
        counted(masking.findings.size(), "finding"),
        finding_id(0),
        names.of(worst.masker),
        names.of(worst.masked),
        time_range(worst.start_s, worst.end_s),
        frequency_range(worst.low_hz, worst.high_hz),
        figure(worst.margin_db),
        figure(worst.target_db),
        deed(worst, names)
    );
}

/// One fix may help several findings.
std::size_t applied_fixes(MaskingReading const& masking) {
    std::set<std::tuple<std::string, std::string, double, double>> fixes;
    for (auto const& finding : masking.findings) {
        if (finding.fix && finding.fix->applied) {
            auto const& fix = *finding.fix;
            fixes.emplace(fix.stem, fix.type, fix.hz.value_or(0.0), fix.gain_db.value_or(0.0));
        }
    }
    return fixes.size();
}

std::string score_sentence(MaskingReading const& masking) {
    auto const applied = applied_fixes(masking);
    if (!masking.score_after) {
        return fmt::format(
            "The masking score is {} dB (0 is best); no fix was rendered and measured.",
            figure(masking.score_before, 2)
        );
    }
    double const after = *masking.score_after;
    double const change =
        masking.score_before > 0.0 ? 100.0 * (after / masking.score_before - 1.0) : 0.0;
    return fmt::format(
        "With {} applied the masking score goes from {} to {} dB ({} %; 0 dB is best).",
        applied == 0   ? "no fix"
        : applied == 1 ? "one fix"
                       : in_words(applied) + " fixes",
        figure(masking.score_before, 2),
        figure(after, 2),
        signed_figure(change, 0)
    );
}

std::string comment_sentence(std::vector<CommentReading> const& comments) {
    if (comments.empty()) {
        return "There were no comments.";
    }
    auto const proposed =
        static_cast<std::size_t>(std::ranges::count_if(comments, [](CommentReading const& reading) {
            return reading.proposal.has_value();
        }));
    auto const applied =
        static_cast<std::size_t>(std::ranges::count_if(comments, [](CommentReading const& reading) {
            return reading.proposal && reading.proposal->applied;
        }));
    auto const measured = fmt::format(
        "{} {} measured at {} moment",
        capital(counted(comments.size(), "comment")),
        comments.size() == 1 ? "was" : "were",
        comments.size() == 1 ? "its" : "their"
    );
    if (proposed == 0) {
        return measured + "; none leads to a proposal.";
    }
    return fmt::format(
        "{}; {} {} to a proposal, of which {} {} applied.",
        measured,
        in_words(proposed),
        proposed == 1 ? "leads" : "lead",
        applied == 0 ? "none" : in_words(applied),
        applied == 1 || applied == 0 ? "was" : "were"
    );
}

std::string intake_sentence(MasteringReport const& report) {
    auto const count_of = [&](Severity severity) {
        return static_cast<std::size_t>(
            std::ranges::count(report.findings, severity, &Finding::severity)
        );
    };
    auto const refused = count_of(Severity::refuse);
    auto const warnings = count_of(Severity::warn);
    if (report.verdict.empty()) {
        return {};
    }
    if (refused > 0) {
        return fmt::format(
            "Intake refused the session: {} that must be mended, {}.",
            counted(refused, "finding"),
            counted(warnings, "warning")
        );
    }
    return warnings == 0 ? "Intake accepted the stems without a warning."
                         : "Intake accepted the stems with " + counted(warnings, "warning") + ".";
}

} // namespace

std::string summary_section(MasteringReport const& report) {
    if (!report.masking && !report.comments) {
        return {};
    }
    StemNames const names{report};
    auto lines = line("Deliveries", delivery_sentence(report));
    if (report.masking) {
        lines += line("Masking", masking_sentence(*report.masking, names)) +
                 line("Score", score_sentence(*report.masking));
    }
    if (report.comments) {
        lines += line("Comments", comment_sentence(*report.comments));
    }
    lines += line("Intake", intake_sentence(report));
    return section("Summary", "", R"(<dl class="summary">)" + lines + "</dl>");
}

} // namespace stemlathe::html
