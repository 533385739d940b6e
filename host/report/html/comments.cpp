#include "host/report/html/sections.hpp"
#include "host/report/html/stem_names.hpp"
#include "host/report/html/text.hpp"
#include "host/report/html/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stemlathe::html {

namespace {

constexpr double kDeviationSpan_db = 6.0; ///< what the bars reach to each side
constexpr std::size_t kShownBands = 4;
constexpr double kUsual_db = 1.0; ///< bands that are no further off are as they usually are

std::string item(std::string const& name, std::string const& value) {
    return "<div><dt>" + name + "</dt><dd>" + value + "</dd></div>";
}

std::string above_or_below(double difference_db) {
    return figure(std::abs(difference_db)) + " dB " + (difference_db < 0.0 ? "below" : "above");
}

/// A bar from the middle: how far a level is from where it usually is.
std::string deviation_bar(double difference_db) {
    double const reach =
        50.0 * std::clamp(difference_db, -kDeviationSpan_db, kDeviationSpan_db) / kDeviationSpan_db;
    return fmt::format(
        R"(<svg class="deviation" viewBox="0 0 100 8" preserveAspectRatio="none" )"
        R"(aria-hidden="true"><path class="track" d="M0,0H100V8H0Z"/>)"
        R"(<path d="M50,0H{:.1f}V8H50Z"/><path class="middle" d="M50,0V8"/></svg>)",
        50.0 + reach
    );
}

/// Every stem that plays then, its level against its own median.
std::string level_table(std::vector<StemLevelAtMoment> const& levels, StemNames const& names) {
    std::string rows;
    for (auto const& level : levels) {
        if (!level.level_lufs) {
            continue;
        }
        auto const difference = level.against_median_db;
        rows += fmt::format(
            R"(<tr><th scope="row">{}</th><td class="n">{}</td><td>{}</td>)"
            R"(<td class="n">{}</td></tr>)",
            names.of(level.stem),
            figure(level.level_lufs),
            difference && std::isfinite(*difference) ? deviation_bar(*difference) : "",
            difference ? signed_figure(*difference) : "–"
        );
    }
    return rows.empty() ? rows
                        : R"(<table class="levels"><thead><tr><th scope="col">Stem</th>)"
                          R"(<th scope="col" class="n">LUFS</th><td></td>)"
                          R"(<th scope="col" class="n">dB to its median</th></tr></thead><tbody>)" +
                              rows + "</tbody></table>";
}

/// The bands that are furthest from where they usually are, either way.
std::string band_list(std::vector<BandAtMoment> bands, StemNames const& names) {
    auto const distance_db = [](BandAtMoment const& band) {
        return std::abs(band.excess_db);
    };
    if (bands.empty()) {
        return {};
    }
    std::erase_if(bands, [&](auto const& band) { return !(distance_db(band) >= kUsual_db); });
    if (bands.empty()) {
        return fmt::format("as usual <small>within {:.0f} dB in every band</small>", kUsual_db);
    }
    std::ranges::stable_sort(bands, std::ranges::greater{}, distance_db);
    bands.resize(std::min(bands.size(), kShownBands));
    std::string out;
    for (auto const& band : bands) {
        out += (out.empty() ? "" : "<br>") + names.of(band.stem) + " " + escaped(band.band) + " " +
               signed_figure(band.excess_db) + " dB <small>" +
               frequency_range(band.low_hz, band.high_hz) + "</small>";
    }
    return out;
}

/// Links to the findings of that moment.
std::string finding_links(
    std::vector<std::size_t> const& indices, MasteringReport const& report, StemNames const& names
) {
    std::string out;
    for (auto const index : indices) {
        if (!report.masking || index >= report.masking->findings.size()) {
            continue;
        }
        auto const& finding = report.masking->findings[index];
        out += fmt::format(
            R"({}<a href="#{}">{} over {}</a> <small>margin {} dB</small>)",
            out.empty() ? "" : "<br>",
            finding_id(index),
            names.of(finding.masker),
            names.of(finding.masked),
            figure(finding.margin_db)
        );
    }
    return out;
}

std::string measurement_list(
    CommentMeasurements const& measured, MasteringReport const& report, StemNames const& names
) {
    std::string out;
    auto const bands = band_list(measured.band_excess, names);
    out += bands.empty() ? "" : item("Balance", bands);
    if (measured.sibilance_db) {
        out += item(
            "Sibilance",
            above_or_below(*measured.sibilance_db) + " its median <small>5–9 over 1–4 kHz</small>"
        );
    }
    if (measured.gain_reduction_db) {
        out += item(
            "Limiter", figure(measured.gain_reduction_db) + " dB <small>at its deepest</small>"
        );
    }
    auto const findings = finding_links(measured.masking_findings, report, names);
    out += findings.empty() ? "" : item("Masking", findings);
    return out.empty() ? out : "<dl>" + out + "</dl>";
}

std::string proposal_block(CommentReading const& reading, StemNames const& names) {
    if (!reading.proposal) {
        return R"(<p class="fix none"><b>No change is proposed.</b> )" + sentence(reading.note) +
               "</p>";
    }
    auto const& proposal = *reading.proposal;
    auto const change = proposal.reason.empty()
                            ? region_words(proposal.stem, proposal.region, names) + "."
                            : sentence(proposal.reason);
    return fmt::format(
        R"(<p class="fix {}"><b>{}</b> {}{}</p>)",
        proposal.applied ? "applied" : "proposed",
        proposal.applied ? "✓ Applied" : "Proposed, not applied",
        change,
        proposal.applied ? "" : " <small><code>--apply-comments</code> applies it.</small>"
    );
}

std::string card(
    std::size_t index,
    CommentReading const& reading,
    MasteringReport const& report,
    StemNames const& names
) {
    auto const& comment = reading.comment;
    auto const when =
        comment.anchored ? time_range(comment.start_s, comment.end_s) : std::string{"Whole song"};
    auto const levels = level_table(reading.measurements.stem_levels, names);
    auto const list = measurement_list(reading.measurements, report, names);
    return fmt::format(
        R"(<article class="comment" id="comment-{0}"><h3><span class="rank cue">C{0}</span>)"
        R"(<span>{1}</span>{2}</h3><blockquote>{3}</blockquote><div class="halves">{4}{5}</div>)"
        "{6}</article>\n",
        index + 1,
        when,
        comment.stem.empty() ? "" : "<small>" + names.of(comment.stem) + "</small>",
        escaped(comment.text),
        levels,
        list,
        proposal_block(reading, names)
    );
}

} // namespace

std::string comment_section(MasteringReport const& report) {
    if (!report.comments || report.comments->empty()) {
        return {};
    }
    StemNames const names{report};
    std::string cards;
    for (std::size_t i = 0; i < report.comments->size(); ++i) {
        cards += card(i, (*report.comments)[i], report, names);
    }
    return section(
        "Comments",
        "What was asked for, what can be measured at that moment, and what follows from both. "
        "A change is proposed only where the words and the figures agree.",
        R"(<div class="comments">)" + cards + "</div>"
    );
}

} // namespace stemlathe::html
