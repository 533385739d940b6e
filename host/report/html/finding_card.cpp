#include "host/report/html/finding_card.hpp"

#include "host/report/html/margin_gauge.hpp"
#include "host/report/html/sections.hpp"
#include "host/report/html/severity.hpp"
#include "host/report/html/spectrum.hpp"
#include "host/report/html/text.hpp"
#include "host/report/html/words.hpp"

#include <fmt/format.h>

namespace stemlathe::html {

namespace {

constexpr double kAlways = 0.95; ///< a duty above this is the whole time

std::string fact(std::string const& name, std::string const& value, std::string const& note = {}) {
    return "<div><dt>" + name + "</dt><dd>" + value +
           (note.empty() ? "" : " <small>" + note + "</small>") + "</dd></div>";
}

std::string when_note(MaskingFinding const& finding) {
    if (finding.recurring) {
        return fmt::format("{} short moments that recur", finding.occurrences);
    }
    return finding.duty < kAlways ? fmt::format("{:.0f} % of that time", 100.0 * finding.duty)
                                  : std::string{};
}

/// "Instruments 90 %, Drums 8 %": shares of the threshold.
std::string maskers(MaskingFinding const& finding, StemNames const& names) {
    if (finding.maskers.empty()) {
        return fmt::format("{} {:.0f} %", names.of(finding.masker), 100.0 * finding.masker_share);
    }
    std::string out;
    for (auto const& masker : finding.maskers) {
        out += (out.empty() ? "" : ", ") + names.of(masker.stem) +
               fmt::format(" {:.0f} %", 100.0 * masker.share);
    }
    return out;
}

std::string fix_block(MaskingFinding const& finding, StemNames const& names) {
    if (!finding.fix) {
        return R"(<p class="fix none"><b>No fix is proposed.</b></p>)";
    }
    auto const& note = finding.fix->note;
    return fmt::format(
        R"(<p class="fix {}"><b>{}</b> {}.{}</p>)",
        finding.fix->applied ? "applied" : "proposed",
        fix_state(finding),
        fix_words(*finding.fix, finding.masked, names),
        note.empty() ? "" : " <small>" + sentence(note) + "</small>"
    );
}

} // namespace

std::string fix_state(MaskingFinding const& finding) {
    if (!finding.fix) {
        return "–";
    }
    return finding.fix->applied ? "✓ Applied" : "Proposed, not applied";
}

std::string confidence_words(double confidence) {
    constexpr double kLikely = 0.7;
    constexpr double kPossible = 0.4;
    auto const* word = confidence >= kLikely     ? "likely"
                       : confidence >= kPossible ? "possible"
                                                 : "uncertain";
    return fmt::format("{} <small>{:.0f} %</small>", word, 100.0 * confidence);
}

std::string finding_card(
    std::size_t index,
    MaskingFinding const& finding,
    std::vector<double> const& bands_hz,
    StemNames const& names
) {
    auto const masked = names.of(finding.masked);
    auto const masker = names.of(finding.masker);
    auto const facts =
        fact("When", time_range(finding.start_s, finding.end_s), when_note(finding)) +
        fact("Where", frequency_range(finding.low_hz, finding.high_hz)) +
        fact("Lowest 100 ms", figure(finding.worst_margin_db) + " dB") +
        fact("Because of", maskers(finding, names), "of the threshold") +
        fact("Confidence", confidence_words(finding.confidence));
    return fmt::format(
        R"(<article class="finding" id="{}"><h3><span class="rank {}">{}</span>)"
        R"(<span>{} over {}</span>{}</h3><div class="halves"><div><p>{}</p>{}<dl>{}</dl>{}</div>)"
        "{}</div></article>\n",
        finding_id(index),
        look_of(finding.severity).style,
        index + 1,
        masker,
        masked,
        severity_label(finding.severity),
        escaped(finding.message),
        margin_gauge(finding),
        facts,
        fix_block(finding, names),
        spectrum_picture(finding, bands_hz, masked, masker)
    );
}

} // namespace stemlathe::html
