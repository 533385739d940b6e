#include "host/report/html/finding_card.hpp"
#include "host/report/html/sections.hpp"
#include "host/report/html/severity.hpp"
#include "host/report/html/stem_names.hpp"
#include "host/report/html/table.hpp"
#include "host/report/html/text.hpp"
#include "host/report/html/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::html {

namespace {

std::string table_row_fix(MaskingFinding const& finding, StemNames const& names) {
    if (!finding.fix) {
        return "–";
    }
    return fix_words(*finding.fix, finding.masked, names) + "<small>" + fix_state(finding) +
           "</small>";
}

/// The findings that have no card, one row each.
std::string rest(std::vector<MaskingFinding> const& findings, StemNames const& names) {
    if (findings.size() <= kCardFindings) {
        return {};
    }
    Table table{
        {{"Finding", false},
         {"Severity", false},
         {"When", false},
         {"Where", false},
         {"Margin, dB", true},
         {"Wanted", true},
         {"Share", true},
         {"Confidence", false},
         {"Fix", false}}};
    for (auto i = kCardFindings; i < findings.size(); ++i) {
        auto const& finding = findings[i];
        table.row(
            {fmt::format(
                 R"(<span id="{}" title="{}">{}</span> {} over {})",
                 finding_id(i),
                 escaped(finding.message),
                 i + 1,
                 names.of(finding.masker),
                 names.of(finding.masked)
             ),
             severity_label(finding.severity),
             "<span>" + time_range(finding.start_s, finding.end_s) + "</span>",
             "<span>" + frequency_range(finding.low_hz, finding.high_hz) + "</span>",
             figure(finding.margin_db),
             figure(finding.target_db),
             fmt::format("{:.0f} %", 100.0 * finding.masker_share),
             confidence_words(finding.confidence),
             table_row_fix(finding, names)}
        );
    }
    return fmt::format(
        "<details><summary>{} of less weight</summary>{}</details>",
        capital(counted(findings.size() - kCardFindings, "finding")),
        table.text()
    );
}

std::string notes(std::vector<std::string> const& sentences) {
    std::string items;
    for (auto const& sentence : sentences) {
        items += "<li>" + escaped(sentence) + "</li>";
    }
    return items.empty() ? items : R"(<ul class="remarks">)" + items + "</ul>";
}

std::string lead(MaskingReading const& masking) {
    return fmt::format(
        "The most important first. A margin is how far a stem stands above the threshold that all "
        "other stems and the quiet set for it, in dB, at the better ear ({} profile, {} field, "
        "{} dB SPL). It measures; it does not listen: go to the moment before you change it. "
        "In the spectra, the blue area is what rises above the threshold, the tinted band is the "
        "finding's.",
        escaped(masking.profile),
        escaped(masking.field),
        figure(masking.calibration_db_spl, 0)
    );
}

} // namespace

std::string finding_id(std::size_t index) {
    return fmt::format("finding-{}", index + 1);
}

std::string masking_findings_section(MasteringReport const& report) {
    if (!report.masking) {
        return {};
    }
    auto const& masking = *report.masking;
    if (masking.findings.empty()) {
        return section(
            "Findings",
            "No stem masks another for long enough, or by enough, to be worth a word.",
            notes(masking.notes)
        );
    }
    StemNames const names{report};
    std::string cards;
    for (std::size_t i = 0; i < std::min(masking.findings.size(), kCardFindings); ++i) {
        cards += finding_card(i, masking.findings[i], masking.bands_hz, names);
    }
    return section(
        "Findings", lead(masking), cards + rest(masking.findings, names) + notes(masking.notes)
    );
}

} // namespace stemlathe::html
