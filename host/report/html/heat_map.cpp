#include "host/report/html/frequency_axis.hpp"
#include "host/report/html/margin_grid.hpp"
#include "host/report/html/sections.hpp"
#include "host/report/html/severity.hpp"
#include "host/report/html/stem_names.hpp"
#include "host/report/html/text.hpp"
#include "host/report/html/time_axis.hpp"
#include "host/report/html/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stemlathe::html {

namespace {

constexpr std::size_t kAllPictureBytes = 240'000; ///< of the page, for all maps together
constexpr std::size_t kLeastPictureBytes = 6'000; ///< of one map, where there are very many
constexpr std::size_t kFewestColumns = 60;

/// What a map says in one line.
struct MapSummary {
    double below_strong = 0.0; ///< part of its cells under the class "strong", 0 .. 1
    double lowest_hz = 0.0;    ///< band with the lowest mean margin
    bool shows_something = false;
};

MapSummary summary_of(MaskingMap const& map, std::vector<double> const& bands_hz) {
    constexpr double kEnough = 0.02; // of the columns: a band that hardly plays is not the lowest
    auto const bands = bands_hz.size();
    auto const columns = map.margin_db.size() / bands;
    MapSummary summary;
    std::size_t all = 0;
    std::size_t low = 0;
    double lowest_db = HUGE_VAL;
    for (std::size_t band = 0; band < bands; ++band) {
        std::size_t count = 0;
        double sum_db = 0.0;
        for (std::size_t column = 0; column < columns; ++column) {
            auto const margin_db = static_cast<double>(map.margin_db[column * bands + band]);
            if (!std::isnan(margin_db)) {
                ++count;
                sum_db += std::clamp(margin_db, -30.0, 30.0); // one silent masker is not the mean
                low += margin_db < kSeverities[2].below_db ? 1U : 0U;
                summary.shows_something |= margin_db < kSeverities.back().below_db;
            }
        }
        all += count;
        bool const is_enough = static_cast<double>(count) > kEnough * static_cast<double>(columns);
        if (is_enough && sum_db / static_cast<double>(count) < lowest_db) {
            lowest_db = sum_db / static_cast<double>(count);
            summary.lowest_hz = bands_hz[band];
        }
    }
    summary.below_strong = all > 0 ? static_cast<double>(low) / static_cast<double>(all) : 0.0;
    return summary;
}

/// The map in its allotted bytes: columns are merged where it is too restless for them.
std::string picture(
    MaskingMap const& map, std::size_t bands, std::size_t bytes, std::string const& description
) {
    MarginGrid grid;
    std::string paths;
    for (std::size_t merge = 1;; merge *= 2) {
        grid = margin_grid(map.margin_db, bands, merge);
        paths = grid_paths(grid);
        if (paths.size() <= bytes || grid.columns <= kFewestColumns) {
            break;
        }
    }
    return fmt::format(
        R"(<svg viewBox="0 -.5 {} {}" preserveAspectRatio="none" role="img" )"
        R"(aria-label="{}">{}</svg>)",
        grid.columns,
        grid.bands,
        description,
        paths
    );
}

double height_percent(std::vector<double> const& bands_hz, double hz) {
    auto const bands = static_cast<double>(bands_hz.size());
    return 100.0 * (bands - 0.5 - band_position(bands_hz, hz)) / bands;
}

std::string frequency_labels(std::vector<double> const& bands_hz) {
    constexpr double kLeastApart = 7.0; // per cent of the height: closer ones would touch
    std::string out;
    double lowest = -kLeastApart;
    auto ticks = frequency_ticks(bands_hz.front(), bands_hz.back());
    std::ranges::reverse(ticks);
    for (auto const& tick : ticks) {
        double const top = height_percent(bands_hz, tick.hz);
        if (top - lowest >= kLeastApart) {
            out += fmt::format(R"(<span style="top:{:.2f}%">{}</span>)", top, tick.text);
            lowest = top;
        }
    }
    return out;
}

/// Frames around the findings of the stem that have cards.
std::string
finding_frames(MaskingReading const& masking, std::string const& stem, TimeAxis const& axis) {
    constexpr double kLabel_percent = 8.0; // room that a label over the frame needs
    std::string out;
    for (std::size_t i = 0; i < std::min(masking.findings.size(), kCardFindings); ++i) {
        auto const& finding = masking.findings[i];
        if (finding.masked != stem) {
            continue;
        }
        double const left = percent_of(finding.start_s, axis);
        double const top = height_percent(masking.bands_hz, finding.high_hz);
        out += fmt::format(
            R"(<a class="frame{}{}" href="#{}" tabindex="-1" aria-hidden="true" )"
            R"(style="left:{:.2f}%;width:{:.2f}%;top:{:.2f}%;height:{:.2f}%"><b>{}</b></a>)",
            top < kLabel_percent ? " high" : "",
            finding.recurring ? " again" : "",
            finding_id(i),
            left,
            percent_of(finding.end_s, axis) - left,
            top,
            height_percent(masking.bands_hz, finding.low_hz) - top,
            i + 1
        );
    }
    return out;
}

std::string map_lane(
    MaskingMap const& map,
    MaskingReading const& masking,
    std::string const& name,
    std::size_t bytes,
    TimeAxis const& axis
) {
    auto const summary = summary_of(map, masking.bands_hz);
    auto const words = fmt::format(
        "{:.0f} % of it under {:.0f} dB, lowest around {}",
        100.0 * summary.below_strong,
        kSeverities[2].below_db,
        about_frequency(summary.lowest_hz)
    );
    auto const columns = map.margin_db.size() / masking.bands_hz.size();
    double const map_s = static_cast<double>(columns) * masking.column_s;
    return fmt::format(
        R"(<div class="map"><div class="name"><b>{}</b><small>{}</small></div>)"
        R"(<div class="values" aria-hidden="true">{}</div>)"
        R"(<div class="plot"><div class="cells" style="width:{:.3f}%">{}</div>{}</div>{}</div>)",
        name,
        words,
        frequency_labels(masking.bands_hz),
        100.0 * map_s / axis.duration_s,
        picture(
            map,
            masking.bands_hz.size(),
            bytes,
            name + ": margins over time and frequency; " + words
        ),
        finding_frames(masking, map.stem, axis),
        time_labels(axis.duration_s)
    );
}

std::string margin_legend() {
    std::string out = R"(<ul class="legend swatches">)";
    for (auto const& look : kSeverities) {
        out += fmt::format(
            R"(<li><i class="{}"></i>{} <small>{}</small></li>)", look.style, look.word, look.range
        );
    }
    return out + R"(<li><i class="v6"></i>clear <small>above 15 dB</small></li></ul>)";
}

} // namespace

std::string heat_map_section(MasteringReport const& report) {
    auto const axis = time_axis(report);
    if (!report.masking || report.masking->bands_hz.size() < 2 || axis.duration_s <= 0.0) {
        return {};
    }
    auto const& masking = *report.masking;
    StemNames const names{report};
    std::vector<MaskingMap const*> shown;
    for (auto const& map : masking.maps) {
        if (summary_of(map, masking.bands_hz).shows_something) {
            shown.push_back(&map);
        }
    }
    if (shown.empty()) {
        return {};
    }
    auto const bytes = std::max(kAllPictureBytes / shown.size(), kLeastPictureBytes);
    std::string maps;
    for (auto const* map : shown) {
        maps += map_lane(*map, masking, names.of(map->stem), bytes, axis);
    }
    return section(
        "Masking over time and frequency",
        "For each stem, how far what it plays stands above the threshold that all other stems set "
        "for it, at the better ear. The darker (on a dark page: the brighter), the less it stands "
        "out. Frames are the findings.",
        margin_legend() + R"(<figure class="maps">)" + maps + "</figure>"
    );
}

} // namespace stemlathe::html
