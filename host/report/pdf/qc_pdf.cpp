#include "host/report/pdf/qc_pdf.hpp"

#include "host/report/pdf/figures.hpp"
#include "host/report/pdf/flow.hpp"
#include "host/report/pdf/loudness_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace pdf {

namespace {

constexpr double kVerdictWidth = 158.0;
constexpr double kVerdictHeight = 44.0;
constexpr double kLineHeight = 1.17; ///< of the type's size

/// Its parts, those that are there, with a dot between them.
std::string joined(std::vector<std::string> const& parts) {
    std::string out;
    for (auto const& part : parts) {
        out += part.empty() || out.empty() ? part : "  \xC2\xB7  " + part;
    }
    return out;
}

std::string labelled(char const* label, std::string const& value) {
    return value.empty() ? value : std::string{label} + value;
}

void draw_verdict_box(Flow const& flow, QcSheet const& sheet) {
    auto& document = flow.document();
    double const x = kPageWidth - kMargin - kVerdictWidth;
    Ink const& ink = sheet.within_spec ? kGood : kBad;
    document.box({x, flow.y()}, kVerdictWidth, kVerdictHeight, {.width = 1.2, .ink = ink});
    draw_verdict(document, {x + 24.0, flow.y() + 22.0}, 12.0, sheet.within_spec);
    document.text(
        {x + 46.0, flow.y() + 8.0},
        sheet.within_spec ? "WITHIN SPEC" : "OUTSIDE SPEC",
        {.size = 12.0, .face = Face::bold, .ink = ink}
    );
    bool const has_own_name = sheet.package != sheet.profile;
    document.text(
        {x + 46.0, flow.y() + 25.0},
        has_own_name ? fmt::format("{} (profile {})", sheet.package, sheet.profile) : sheet.profile,
        {.size = 8.5, .ink = kBlack, .width = kVerdictWidth - 50.0, .lines_max = 1}
    );
}

void draw_head(Flow& flow, QcSheet const& sheet) {
    auto& document = flow.document();
    double const top = flow.y();
    double const width = kTextWidth - kVerdictWidth - 16.0;
    draw_verdict_box(flow, sheet);
    auto const put = [&](std::string const& words, TextStyle style) {
        if (!words.empty()) {
            style.width = width;
            flow.move(document.text({kMargin, flow.y()}, words, style) + 2.0);
        }
    };
    put("QUALITY CONTROL SHEET", {.size = 7.5, .face = Face::bold, .ink = kGrey});
    TextStyle title{.size = 16.0, .face = Face::bold, .ink = kBlack, .width = width};
    if (document.height_of(sheet.song, title) > 3.5 * title.size * kLineHeight) {
        title.size = 10.5;
        title.lines_max = 12;
    }
    put(sheet.song, title);
    put(joined({sheet.info.artist, sheet.info.album}),
        {.size = 9.5, .ink = kBlack, .lines_max = 4});
    put(joined(
            {labelled("ISRC ", sheet.info.isrc), labelled("UPC ", sheet.info.upc), sheet.info.date}
        ),
        {.size = 8.0, .ink = kGrey, .lines_max = 2});
    flow.move(std::max(top + kVerdictHeight - flow.y(), 0.0) + 9.0);
}

std::string allowed_text(QcCheck const& check) {
    int const decimals = check.unit == "frames" ? 0 : 1;
    if (check.min && check.max) {
        return *check.min == *check.max ? amount(check.max, decimals, check.unit)
                                        : fmt::format(
                                              "{:.{}f} to {}",
                                              *check.min,
                                              decimals,
                                              amount(check.max, decimals, check.unit)
                                          );
    }
    return check.max   ? "at most " + amount(check.max, decimals, check.unit)
           : check.min ? "at least " + amount(check.min, decimals, check.unit)
                       : "as it is";
}

void draw_checks(Flow& flow, QcSheet const& sheet) {
    auto& document = flow.document();
    flow.heading("Against the delivery\xE2\x80\x99s spec");
    for (auto const& check : sheet.checks) {
        flow.require(kRowHeight + 2.0);
        double const y = flow.y();
        int const decimals = check.unit == "frames" ? 0 : 2;
        document.text({kMargin, y}, check.what, {.size = 7.5, .ink = kGrey});
        document.text(
            {kMargin + 210.0, y},
            amount(check.measured, decimals, check.unit),
            {.size = 7.5, .face = Face::bold, .ink = kBlack, .align = Align::right}
        );
        document.text({kMargin + 228.0, y}, allowed_text(check), {.size = 7.5, .ink = kBlack});
        draw_verdict(document, {kMargin + 424.0, y + 5.0}, 4.0, check.pass);
        document.text(
            {kMargin + 434.0, y},
            check.pass ? "pass" : (check.is_advice ? "over" : "FAIL"),
            {.size = 7.5, .face = Face::bold, .ink = check.pass ? kGood : kBad}
        );
        flow.move(kRowHeight + 1.0);
    }
    if (sheet.checks.empty()) {
        flow.paragraph("This delivery demands nothing of its level.", {.size = 7.5, .ink = kGrey});
    }
    for (auto const& failure : sheet.failures) {
        flow.paragraph(failure.message + ".", {.size = 7.5, .ink = kBad});
    }
    for (auto const& note : sheet.notes) {
        flow.paragraph(note, {.size = 7.5, .ink = kBlack});
    }
    flow.move(7.0);
}

PlotLimits limits_of(QcSheet const& sheet) {
    PlotLimits limits{.target_lufs = sheet.target_lufs};
    auto const peak = std::ranges::find(sheet.checks, "true_peak", &QcCheck::code);
    if (peak != sheet.checks.end()) {
        limits.true_peak_dbtp = peak->max;
    }
    return limits;
}

void draw_figures(Flow& flow, QcSheet const& sheet, QcFile const& file) {
    if (sheet.files.size() > 1) { // a master and its versions
        flow.require(kPlotHeight + 10.0 * kRowHeight);
        flow.paragraph(file.file.path, {.size = 9.0, .face = Face::bold, .ink = kBlack});
    }
    draw_loudness_plot(flow, *file.reading, limits_of(sheet));
    auto left = level_groups(*file.reading);
    if (file.codecs) {
        left.push_back(codec_group(*file.codecs));
    }
    auto right = signal_groups(file);
    if (sheet.processing) {
        right.push_back(processing_group(*sheet.processing));
    }
    flow.columns(left, right);
    if (file.codecs) {
        flow.paragraph(
            fmt::format(
                "Lossy codecs: {} went through {} and back, decoded without clipping. Advice, not "
                "part of the spec: players clip what lies over 0 dBTP.",
                sent_words(*file.codecs),
                codec_words(*file.codecs)
            ),
            {.size = 6.5, .ink = kGrey}
        );
        flow.move(7.0);
    }
}

void draw_sums(Flow& flow, Checksums const& sums) {
    flow.paragraph("MD5      " + sums.md5, {.size = 6.5, .face = Face::mono, .ink = kGrey});
    flow.paragraph("SHA-256  " + sums.sha256, {.size = 6.5, .face = Face::mono, .ink = kGrey});
    flow.move(3.0);
}

std::string format_text(DeliveredFile const& file) {
    std::string const bits = !file.bit_depth ? "" : fmt::format("{} bit", *file.bit_depth);
    return joined(
        {fmt::format("{} {}", file.container, file.codec),
         fmt::format("{} Hz", file.sample_rate_hz),
         bits,
         file.channels == 1 ? "mono" : "stereo",
         duration_text(static_cast<double>(file.frames) / file.sample_rate_hz),
         fmt::format("{} frames", file.frames),
         fmt::format("{} bytes", file.bytes)}
    );
}

void draw_files(Flow& flow, QcSheet const& sheet) {
    flow.require(7.0 * kRowHeight);
    flow.heading(sheet.files.size() + sheet.companions.size() == 1 ? "File" : "Files");
    for (auto const& entry : sheet.files) {
        flow.require(4.0 * kRowHeight);
        flow.paragraph(entry.file.path, {.size = 7.5, .face = Face::bold, .ink = kBlack});
        flow.paragraph(format_text(entry.file), {.size = 7.0, .ink = kBlack});
        draw_sums(flow, {.sha256 = entry.file.sha256, .md5 = entry.file.md5});
    }
    for (auto const& companion : sheet.companions) {
        flow.require(4.0 * kRowHeight);
        flow.paragraph(
            fmt::format("{}  \xC2\xB7  {} bytes", companion.path, companion.bytes),
            {.size = 7.5, .face = Face::bold, .ink = kBlack}
        );
        draw_sums(flow, companion.sums);
    }
    flow.move(4.0);
}

void draw_intake(Flow& flow, QcSheet const& sheet) {
    flow.heading("What came in");
    if (sheet.intake.empty()) {
        flow.paragraph("The stems were accepted without a warning.", {.size = 7.5, .ink = kBlack});
    }
    for (auto const& finding : sheet.intake) {
        flow.paragraph(
            fmt::format(
                "{}: {}",
                finding.severity == Severity::warn ? "warning" : "refused",
                finding.message
            ),
            {.size = 7.0, .ink = kBlack}
        );
    }
}

std::string footer_of(QcSheet const& sheet) {
    return fmt::format(
        "stemlathe {} ({}) on {}. Every figure was measured from the file on disk, after encoding, "
        "by a "
        "meter of its own: ITU-R BS.1770-5, EBU Tech 3341 and 3342, true peak 16x. Silence: under "
        "{:.0f} dBFS.",
        sheet.engine.version,
        sheet.engine.commit,
        sheet.engine.device,
        kSilent_dbfs
    );
}

/// @param pages  how many the sheet is expected to have. @returns how many it has
int draw_sheet(Document& document, QcSheet const& sheet, int pages) {
    Flow flow{document, footer_of(sheet), pages};
    auto const unknown_before = document.unknown_letters();
    draw_head(flow, sheet);
    auto const unknown = document.unknown_letters() - unknown_before;
    draw_checks(flow, sheet);
    for (auto const& file : sheet.files) {
        if (file.reading) {
            draw_figures(flow, sheet, file);
        }
    }
    draw_files(flow, sheet);
    draw_intake(flow, sheet);
    if (unknown > 0) {
        flow.paragraph(
            fmt::format(
                "{} letters above are not in this sheet\xE2\x80\x99s font and stand as numbered "
                "boxes; qc.json spells them.",
                unknown
            ),
            {.size = 7.0, .ink = kGrey}
        );
    }
    return flow.finish();
}

DocumentSettings settings_of(QcSheet const& first) {
    return {.title = "Quality control: " + first.song, .author = first.info.artist};
}

} // namespace

} // namespace pdf

std::string qc_pdf(std::span<QcSheet const> sheets, pdf::Fonts const& fonts) {
    auto const settings = pdf::settings_of(sheets.front());
    std::vector<int> pages(sheets.size(), 1); // most fit on one, so that one walk is enough
    for (;;) {
        auto const guess = pages;
        pdf::Document document{settings, fonts};
        for (std::size_t i = 0; i < sheets.size(); ++i) {
            if (i > 0) {
                document.next_page();
            }
            pages[i] = pdf::draw_sheet(document, sheets[i], guess[i]);
        }
        if (pages == guess) {
            return document.finish();
        }
    }
}

} // namespace stemlathe
