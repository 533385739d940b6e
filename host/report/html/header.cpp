#include "host/report/html/sections.hpp"
#include "host/report/html/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::html {

namespace {

std::string title_of(MasteringReport const& report) {
    return escaped(report.info.title.empty() ? report.folder : report.info.title);
}

/// What a reader wants to know first, in words; the shape beside them says the same.
std::string outcome(MasteringReport const& report) {
    auto const missed =
        std::count_if(report.deliveries.begin(), report.deliveries.end(), [](auto const& delivery) {
            return !delivery.within_spec;
        });
    auto const all = static_cast<long>(report.deliveries.size());
    if (missed > 0) {
        return fmt::format(
            R"(<span class="badge bad">✕ {} of {} {} spec</span>)",
            missed,
            all,
            missed == 1 ? "deliveries misses its" : "deliveries miss their"
        );
    }
    return all == 0 ? std::string{R"(<span class="badge">No deliveries</span>)"}
                    : fmt::format(
                          R"(<span class="badge good">✓ {} within spec</span>)",
                          all == 1 ? "The delivery is" : fmt::format("All {} deliveries", all)
                      );
}

std::string intake_badge(std::string const& verdict) {
    if (verdict == "refuse") {
        return R"(<span class="badge bad">✕ Intake refused stems</span>)";
    }
    if (verdict == "warn") {
        return R"(<span class="badge warn">▲ Intake: warnings</span>)";
    }
    return verdict == "accept" ? R"(<span class="badge good">✓ Intake accepted</span>)" : "";
}

std::string fact(std::string const& name, std::string const& value) {
    return "<div><dt>" + name + "</dt><dd>" + value + "</dd></div>";
}

} // namespace

std::string header_section(MasteringReport const& report) {
    auto const& timing = report.timing;
    std::string facts = fact("Length", clock(report.duration_s)) +
                        fact("Sample rate", frequency(report.sample_rate_hz)) +
                        fact("Stems", std::to_string(report.stem_count)) +
                        fact("Mix", figure(report.mix.integrated_lufs) + " LUFS");
    if (report.preview) {
        facts += fact(
            "Preview only", clock(report.preview->from_s) + " to " + clock(report.preview->to_s)
        );
    }
    if (timing.wall_s > 0.0) {
        facts += fact("Speed", fmt::format("{:.0f}× realtime", timing.audio_s / timing.wall_s));
    }
    auto const artist =
        report.info.artist.empty() ? "" : "<p>" + escaped(report.info.artist) + "</p>";
    return "<header>" + mark("mastering report") + "<h1>" + title_of(report) + "</h1>" + artist +
           R"(<div class="badges">)" + outcome(report) + intake_badge(report.verdict) +
           R"(</div><dl class="facts">)" + facts + "</dl></header>\n";
}

} // namespace stemlathe::html
