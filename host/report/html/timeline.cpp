#include "host/report/html/packing.hpp"
#include "host/report/html/sections.hpp"
#include "host/report/html/severity.hpp"
#include "host/report/html/stem_names.hpp"
#include "host/report/html/text.hpp"
#include "host/report/html/time_axis.hpp"
#include "host/report/html/waveform.hpp"
#include "host/report/html/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stemlathe::html {

namespace {

constexpr double kPin_percent = 5.5; ///< room that a pin and its number need on a phone
constexpr int kPinRow_px = 24;
constexpr double kEdge_percent = 95.0; ///< pins that start beyond are written to their left
constexpr double kWidth = 1000.0;      ///< units of the drawings
constexpr double kHeight = 100.0;

/// A pin over a stretch of the axis that leads to what it stands for.
struct Pin {
    double start_s = 0.0;
    double end_s = 0.0;
    std::string style{};
    std::string target{}; ///< id of an element of the page
    std::string label{};  ///< HTML
    std::string title{};  ///< what it says to those who hover or listen; escaped
};

/// Pins in as many rows as it takes that none covers another.
std::string pin_rows(std::vector<Pin> const& pins, TimeAxis const& axis) {
    std::vector<Span> spans;
    for (auto const& pin : pins) {
        double const left = percent_of(pin.start_s, axis);
        double const right = percent_of(pin.end_s, axis);
        spans.push_back(
            {left > kEdge_percent ? left - kPin_percent : left,
             std::max(right, left + kPin_percent)}
        );
    }
    auto const rows = packed_rows(spans);
    std::string out;
    for (std::size_t i = 0; i < pins.size(); ++i) {
        double const left = percent_of(pins[i].start_s, axis);
        double const right = std::max(percent_of(pins[i].end_s, axis), left);
        out += fmt::format(
            R"(<a class="pin {}{}" href="#{}" style="left:{:.2f}%;width:{:.2f}%;top:{}px" )"
            R"(title="{}" aria-label="{}"><span>{}</span></a>)",
            pins[i].style,
            left > kEdge_percent ? " end" : "",
            pins[i].target,
            left,
            right - left,
            rows[i] * static_cast<std::size_t>(kPinRow_px),
            pins[i].title,
            pins[i].title,
            pins[i].label
        );
    }
    auto const height = row_count(rows) * static_cast<std::size_t>(kPinRow_px);
    return fmt::format(R"(<div class="pins" style="height:{}px">{}</div>)", height, out);
}

std::vector<Pin> comment_pins(std::vector<CommentReading> const& comments) {
    std::vector<Pin> pins;
    for (std::size_t i = 0; i < comments.size(); ++i) {
        auto const& comment = comments[i].comment;
        if (comment.anchored) {
            pins.push_back(
                {.start_s = comment.start_s,
                 .end_s = comment.end_s,
                 .style = "flag",
                 .target = fmt::format("comment-{}", i + 1),
                 .label = fmt::format("C{}", i + 1),
                 .title = fmt::format(
                     "Comment {}, {}: {}",
                     i + 1,
                     time_range(comment.start_s, comment.end_s),
                     escaped(comment.text)
                 )}
            );
        }
    }
    return pins;
}

std::string flag_lane(std::vector<Pin> const& flags, TimeAxis const& axis) {
    return flags.empty() ? std::string{}
                         : R"(<div class="strip flags"><div class="name"><b>Comments</b></div>)"
                           R"(<div class="track">)" +
                               pin_rows(flags, axis) + "</div></div>";
}

std::vector<Pin> finding_pins(
    std::vector<MaskingFinding> const& findings, std::string const& stem, StemNames const& names
) {
    std::vector<Pin> pins;
    for (std::size_t i = 0; i < std::min(findings.size(), kCardFindings); ++i) {
        auto const& finding = findings[i];
        if (finding.masked == stem) {
            auto const& look = look_of(finding.severity);
            pins.push_back(
                {.start_s = finding.start_s,
                 .end_s = finding.end_s,
                 .style = std::string{look.style} + (finding.recurring ? " again" : ""),
                 .target = finding_id(i),
                 .label = fmt::format("<i>{}</i>{}", look.shape, i + 1),
                 .title = fmt::format(
                     "Finding {}, {}: {} over {}, {}, {}",
                     i + 1,
                     escaped(finding.severity),
                     names.of(finding.masker),
                     names.of(finding.masked),
                     time_range(finding.start_s, finding.end_s),
                     frequency_range(finding.low_hz, finding.high_hz)
                 )}
            );
        }
    }
    return pins;
}

/// Findings that have no card: thin lines without numbers.
std::string lesser_findings(
    std::vector<MaskingFinding> const& findings, std::string const& stem, TimeAxis const& axis
) {
    constexpr double kLeast = 2.0; // units: shorter ones would not be seen
    std::array<std::string, kSeverities.size()> paths;
    for (auto i = kCardFindings; i < findings.size(); ++i) {
        auto const& finding = findings[i];
        if (finding.masked != stem) {
            continue;
        }
        auto const style =
            static_cast<std::size_t>(&look_of(finding.severity) - kSeverities.data());
        double const left = percent_of(finding.start_s, axis) * 0.01 * kWidth;
        double const right = percent_of(finding.end_s, axis) * 0.01 * kWidth;
        paths.at(style) += fmt::format("M{:.1f},1H{:.1f}", left, std::max(right, left + kLeast));
    }
    std::string out;
    for (std::size_t i = paths.size(); i-- > 0;) { // the worst on top
        if (!paths.at(i).empty()) {
            out +=
                fmt::format(R"(<path class="{}" d="{}"/>)", kSeverities.at(i).style, paths.at(i));
        }
    }
    return out.empty() ? out
                       : fmt::format(
                             R"(<svg class="lesser" viewBox="0 0 {:.0f} 2" )"
                             R"(preserveAspectRatio="none" aria-hidden="true">{}</svg>)",
                             kWidth,
                             out
                         );
}

std::string stem_lane(
    StemReading const& stem,
    std::vector<MaskingFinding> const& findings,
    StemNames const& names,
    TimeAxis const& axis
) {
    auto const count =
        static_cast<std::size_t>(std::ranges::count(findings, stem.file, &MaskingFinding::masked));
    auto const pins = finding_pins(findings, stem.file, names);
    return fmt::format(
        R"(<div class="strip"><div class="name"><b>{}</b><small>{}</small></div>)"
        R"(<div class="track">{}{}{}</div></div>)",
        names.of(stem.file),
        capital(counted(count, "finding")),
        waveform(stem.peak, names.of(stem.file)),
        lesser_findings(findings, stem.file, axis),
        pins.empty() ? "" : pin_rows(pins, axis)
    );
}

/// A drawing over all lanes; what is drawn after the lanes lies over them.
std::string over_lanes(std::string const& lines) {
    return fmt::format(
        R"(<svg class="over" viewBox="0 0 {:.0f} {:.0f}" preserveAspectRatio="none" )"
        R"(aria-hidden="true">{}</svg>)",
        kWidth,
        kHeight,
        lines
    );
}

/// A line at every comment.
std::string cue_lines(std::vector<Pin> const& flags, TimeAxis const& axis) {
    std::string cues;
    for (auto const& flag : flags) {
        cues += fmt::format(
            "M{:.1f},0V{:.0f}", percent_of(flag.start_s, axis) * 0.01 * kWidth, kHeight
        );
    }
    return cues.empty() ? cues : over_lanes(R"(<path class="cue" d=")" + cues + R"("/>)");
}

std::string severity_legend() {
    std::string out = R"(<ul class="legend">)";
    for (auto const& look : kSeverities) {
        out += "<li>" + severity_label(look.word) + "</li>";
    }
    return out + "</ul>";
}

} // namespace

std::string timeline_section(MasteringReport const& report) {
    auto const axis = time_axis(report);
    if ((!report.masking && !report.comments) || report.stems.empty() || axis.duration_s <= 0.0) {
        return {};
    }
    StemNames const names{report};
    auto const findings = report.masking ? report.masking->findings : std::vector<MaskingFinding>{};
    auto const flags = comment_pins(report.comments.value_or(std::vector<CommentReading>{}));
    auto lanes = flag_lane(flags, axis);
    for (auto const& stem : report.stems) {
        lanes += stem_lane(stem, findings, names, axis);
    }
    return section(
        "Timeline",
        "Each stem as it came in, scaled to its lane. Below it, where it is masked: the number of "
        "the finding leads to its card. Thin lines are the findings of less weight.",
        (findings.empty() ? "" : severity_legend()) + R"(<figure class="timeline">)" +
            R"(<div class="stack">)" + over_lanes(time_lines(axis.duration_s, kWidth, kHeight)) +
            lanes + cue_lines(flags, axis) + "</div>" + time_labels(axis.duration_s) + "</figure>"
    );
}

} // namespace stemlathe::html
