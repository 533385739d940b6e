#include "host/intake/null_words.hpp"
#include "host/report/html/sections.hpp"
#include "host/report/html/table.hpp"
#include "host/report/html/text.hpp"

#include <algorithm>
#include <functional>

namespace stemlathe::html {

namespace {

std::string severity_word(Severity severity) {
    switch (severity) {
    case Severity::info:
        return R"(<span class="dim">● info</span>)";
    case Severity::warn:
        return R"(<span class="warn">▲ warning</span>)";
    case Severity::refuse:
        return R"(<span class="bad">✕ refused</span>)";
    }
    return {};
}

} // namespace

std::string stem_section(MasteringReport const& report) {
    if (report.stems.empty()) {
        return {};
    }
    Table table{
        {{"Stem", false},
         {"Role", false},
         {"Integrated, LUFS", true},
         {"True peak, dBTP", true},
         {"Crest, dB", true},
         {"Correlation", true}}};
    for (auto const& stem : report.stems) {
        table.row(
            {escaped(stem.file),
             std::string{name_of(stem.role)},
             figure(stem.integrated_lufs),
             figure(stem.true_peak_dbtp),
             figure(stem.crest_db),
             figure(stem.correlation, 2)}
        );
    }
    table.row(
        {"Mix before mastering",
         "sum",
         figure(report.mix.integrated_lufs),
         figure(report.mix.true_peak_dbtp),
         "",
         ""}
    );
    return section("Stems", "As they came in, conformed to one rate and length.", table.text());
}

std::string intake_section(MasteringReport const& report) {
    auto const null_line = null_words(report.mix.null_vs_reference);
    if (report.findings.empty()) {
        std::string const lead = "Nothing was found: every stem is as it should be.";
        return section("Intake", lead + (null_line.empty() ? "" : " " + null_line), "");
    }
    auto findings = report.findings; // what matters most first
    std::ranges::stable_sort(findings, std::ranges::greater{}, &Finding::severity);
    Table table{
        {{"Finding", false}, {"Severity", false}, {"Stem", false}, {"What it means", false}}};
    for (auto const& finding : findings) {
        table.row(
            {"<code>" + escaped(finding.code) + "</code>",
             severity_word(finding.severity),
             finding.stem.empty() ? "the session" : escaped(finding.stem),
             escaped(finding.message)}
        );
    }
    bool const is_sound = findings.front().severity == Severity::info;
    return section(
        "Intake",
        std::string{
            is_sound ? "Nothing is wrong with the stems; these are notes."
                     : "What was found in the stems before anything was rendered."} +
            (null_line.empty() ? "" : " " + null_line),
        table.text()
    );
}

} // namespace stemlathe::html
