#include "host/model/profile.hpp"
#include "host/report/html/sections.hpp"
#include "host/report/html/table.hpp"
#include "host/report/html/text.hpp"

#include <fmt/format.h>

namespace stemlathe::html {

namespace {

std::string verdict(DeliveryReport const& delivery) {
    return delivery.within_spec ? R"(<span class="good">✓ within spec</span>)"
                                : R"(<span class="bad">✕ misses spec</span>)";
}

/// Measured over wanted, or measured alone where nothing is wanted.
std::string
against(std::optional<double> measured, std::optional<double> wanted, std::string const& word) {
    auto text = figure(measured, 2);
    if (wanted) {
        text += "<small>" + word + " " + figure(wanted) + "</small>";
    }
    return text;
}

std::string format_of(DeliveredFile const& file) {
    auto const depth = file.bit_depth
                           ? fmt::format(
                                 " · {}",
                                 *file.bit_depth == 32 ? std::string{"32-bit float"}
                                                       : fmt::format("{}-bit", *file.bit_depth)
                             )
                           : std::string{};
    return fmt::format("{}{} · {}", escaped(file.container), depth, frequency(file.sample_rate_hz));
}

std::string card(DeliveryReport const& delivery) {
    auto const& reading = delivery.reading;
    auto const without_target = delivery.version.empty() ? std::string{"no loudness target"}
                                                         : std::string{"the master's own gains"};
    auto const target =
        delivery.target_lufs ? "target " + figure(delivery.target_lufs) + " LUFS" : without_target;
    auto const format = delivery.files.empty() ? "" : format_of(delivery.files.front());
    return fmt::format(
        R"(<li class="card {}"><h3>{}</h3><p class="figure">{}<small>LUFS</small></p>)"
        "<p>{}</p><p>{} dBTP <small>limit {}</small></p><p><small>{}</small></p><p>{}</p></li>",
        delivery.within_spec ? "" : "missed",
        escaped(delivery.label()),
        figure(reading.integrated_lufs),
        target,
        figure(reading.true_peak_dbtp),
        figure(delivery.true_peak_limit_dbtp),
        format,
        verdict(delivery)
    );
}

std::optional<double> plr_db(LoudnessReading const& reading) {
    if (!reading.true_peak_dbtp || !reading.integrated_lufs) {
        return std::nullopt;
    }
    return *reading.true_peak_dbtp - *reading.integrated_lufs;
}

std::string figures_table(MasteringReport const& report) {
    Table table{
        {{"Delivery", false},
         {"Verdict", false},
         {"Integrated, LUFS", true},
         {"True peak, dBTP", true},
         {"Range, LU", true},
         {"Short-term max", true},
         {"Momentary max", true},
         {"Peak to loudness, dB", true},
         {"Limiter max, dB", true},
         {"95 %, dB", true},
         {"Drive, dB", true}}};
    for (auto const& delivery : report.deliveries) {
        auto const& reading = delivery.reading;
        table.row(
            {escaped(delivery.label()),
             verdict(delivery),
             against(reading.integrated_lufs, delivery.target_lufs, "target"),
             against(reading.true_peak_dbtp, delivery.true_peak_limit_dbtp, "limit"),
             figure(reading.loudness_range_lu),
             figure(reading.short_term_max_lufs),
             figure(reading.momentary_max_lufs),
             figure(plr_db(reading)),
             figure(delivery.gain_reduction_max_db),
             figure(delivery.gain_reduction_p95_db),
             figure(delivery.drive_db)}
        );
    }
    return table.text();
}

std::string remarks(MasteringReport const& report) {
    std::string items;
    for (auto const& delivery : report.deliveries) {
        for (auto const& failure : delivery.failures) {
            items += R"(<li class="bad"><b>✕ )" + escaped(delivery.label()) + "</b> " +
                     escaped(failure.message) + "</li>";
        }
        for (auto const& check : delivery.cutting) {
            if (!check.passed) {
                items += "<li><b>! " + escaped(delivery.plan.name) + "</b> " +
                         escaped(check.message) + "</li>";
            }
        }
        for (auto const& note : delivery.notes) {
            items += "<li><b>" + escaped(delivery.label()) + "</b> " + escaped(note) + "</li>";
        }
    }
    return items.empty() ? "" : R"(<ul class="remarks">)" + items + "</ul>";
}

/// What a cutting room would check, where something is for it.
std::string cutting_table(MasteringReport const& report) {
    Table table{{{"Check", false}, {"", false}, {"Measured", true}, {"Limit", true}}};
    bool any = false;
    for (auto const& delivery : report.deliveries) {
        for (auto const& check : delivery.cutting) {
            any = true;
            table.row(
                {escaped(check.message),
                 check.passed ? R"(<span class="good">✓</span>)" : R"(<span class="bad">!</span>)",
                 figure(check.measured, 2) + " " + escaped(check.unit),
                 figure(check.limit, 2)}
            );
        }
    }
    return any ? "<details><summary>Checks for cutting</summary>" + table.text() + "</details>"
               : "";
}

/// What lossy services make of the files' true peaks.
std::string codecs_table(MasteringReport const& report) {
    Table table{
        {{"Delivery", false},
         {"Codec", false},
         {"", false},
         {"True peak, dBTP", true},
         {"At, s", true},
         {"Sent", false}}};
    bool any = false;
    for (auto const& delivery : report.deliveries) {
        if (!delivery.codecs) {
            continue;
        }
        for (auto const& peak : delivery.codecs->peaks) {
            any = true;
            bool const is_over = peak.true_peak_dbtp && *peak.true_peak_dbtp > kDecodedPeak_dbtp;
            table.row(
                {escaped(delivery.label()),
                 escaped(peak.codec),
                 is_over ? R"(<span class="bad">!</span>)" : R"(<span class="good">✓</span>)",
                 figure(peak.true_peak_dbtp, 2),
                 figure(peak.at_s, 1),
                 escaped(sent_words(*delivery.codecs))}
            );
        }
    }
    return any ? "<details><summary>True peak after lossy codecs</summary>" + table.text() +
                     "</details>"
               : "";
}

std::string files_table(MasteringReport const& report) {
    Table table{
        {{"File", false}, {"Format", false}, {"Frames", true}, {"Size", true}, {"SHA-256", false}}};
    for (auto const& delivery : report.deliveries) {
        for (auto const& file : delivery.files) {
            table.row(
                {"<code>" + escaped(file.path) + "</code>",
                 format_of(file),
                 std::to_string(file.frames),
                 size(static_cast<double>(file.bytes)),
                 R"(<code title=")" + escaped(file.sha256) + R"(">)" +
                     escaped(file.sha256.substr(0, 12)) + "…</code>"}
            );
        }
    }
    return "<details><summary>Files and checksums</summary>" + table.text() + "</details>";
}

} // namespace

std::string delivery_section(MasteringReport const& report) {
    if (report.deliveries.empty()) {
        return {};
    }
    std::string cards;
    for (auto const& delivery : report.deliveries) {
        cards += card(delivery);
    }
    return section(
        "Deliveries",
        "Every figure is measured from the file on disk, after encoding, by a meter that had no "
        "part in making it.",
        R"(<ul class="cards">)" + cards + "</ul>" + remarks(report) + figures_table(report) +
            cutting_table(report) + codecs_table(report) + files_table(report)
    );
}

} // namespace stemlathe::html
