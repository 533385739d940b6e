#include "service/cli/findings_text.hpp"

#include "host/intake/null_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace stemlathe::service {

namespace {

constexpr std::string_view kGreen = "\033[32m";
constexpr std::string_view kYellow = "\033[33m";
constexpr std::string_view kRed = "\033[31m";
constexpr std::string_view kPlain = "\033[0m";

std::string painted(std::string const& text, std::string_view paint, bool colour) {
    return colour ? fmt::format("{}{}{}", paint, text, kPlain) : text;
}

std::size_t count_of(IntakeReading const& reading, Severity severity) {
    return static_cast<std::size_t>(
        std::ranges::count(reading.findings, severity, &Finding::severity)
    );
}

std::string counted(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string_view paint_of(Severity severity) {
    return severity == Severity::refuse ? kRed : kYellow;
}

/// "Notes: mono_as_stereo (3 stems), no_reference_mix. --json tells all of them."
std::string notes(IntakeReading const& reading) {
    std::map<std::string, std::size_t> codes;
    for (auto const& finding : reading.findings) {
        if (finding.severity == Severity::info) {
            codes[finding.code] += finding.stem.empty() ? 0 : 1;
        }
    }
    std::string text;
    for (auto const& [code, stems] : codes) {
        text += (text.empty() ? "Notes: " : ", ") + code;
        text += stems > 0 ? " (" + counted(stems, "stem") + ")" : "";
    }
    return text.empty() ? text : text + ". --json tells all of them.\n";
}

std::string verdict(IntakeReading const& reading, bool colour) {
    auto const refusals = count_of(reading, Severity::refuse);
    auto const warnings = count_of(reading, Severity::warn);
    if (refusals > 0) {
        return painted(
            fmt::format("Refused: {} must be mended first.", counted(refusals, "finding")),
            kRed,
            colour
        );
    }
    return warnings > 0
               ? painted(
                     fmt::format(
                         "It can be mastered; {} for you to judge.", counted(warnings, "warning")
                     ),
                     kYellow,
                     colour
                 )
               : painted("Nothing is wrong: it can be mastered.", kGreen, colour);
}

} // namespace

std::string findings_text(IntakeReading const& reading, bool colour) {
    auto text = fmt::format(
        "{}: {}", reading.folder, counted(static_cast<std::size_t>(reading.stems), "stem")
    );
    if (reading.rate_hz > 0) {
        text += fmt::format(
            ", {:g} kHz, {:.1f} s",
            static_cast<double>(reading.rate_hz) / 1000.0,
            reading.duration_s
        );
    }
    text += "\n";
    for (auto const& finding : reading.findings) {
        if (finding.severity != Severity::info) {
            auto const word = fmt::format("{:<6}", name_of(finding.severity));
            text += fmt::format(
                "  {} {:<24} {}\n",
                painted(word, paint_of(finding.severity), colour),
                finding.code,
                finding.message
            );
        }
    }
    if (auto const words = null_words(reading.null_vs_reference); !words.empty()) {
        text += words + "\n";
    }
    return text + verdict(reading, colour) + "\n" + notes(reading);
}

} // namespace stemlathe::service
