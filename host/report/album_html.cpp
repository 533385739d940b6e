#include "host/report/album_html.hpp"

#include "host/report/html/sections.hpp"
#include "host/report/html/table.hpp"
#include "host/report/html/text.hpp"

#include <fmt/format.h>

namespace stemlathe {

namespace html {

namespace {

std::string verdict_badge(bool is_good) {
    return is_good ? R"(<span class="badge good">✓ All within spec</span>)"
                   : R"(<span class="badge bad">✕ Something misses its spec</span>)";
}

std::string tick(bool is_good) {
    return is_good ? R"(<span class="good">✓</span>)" : R"(<span class="bad">✕</span>)";
}

std::string album_fact(std::string const& name, std::string const& value) {
    return "<div><dt>" + name + "</dt><dd>" + value + "</dd></div>";
}

std::string album_header(AlbumReport const& report) {
    auto const& album = report.album;
    double seconds = 0.0;
    for (auto const& song : report.songs) {
        seconds += song.duration_s;
    }
    bool const is_common = album.loudness == AlbumLoudness::album;
    auto const facts = album_fact("Songs", std::to_string(report.songs.size())) +
                       album_fact("Length", clock(seconds)) +
                       album_fact("Loudness", is_common ? "of the album" : "of each song") +
                       (album.upc.empty() ? "" : album_fact("UPC", escaped(album.upc)));
    auto const artist = album.artist.empty() ? "" : "<p>" + escaped(album.artist) + "</p>";
    return "<header>" + mark("album report") + "<h1>" + escaped(album.title) + "</h1>" + artist +
           R"(<div class="badges">)" + verdict_badge(report.is_within_spec()) +
           R"(</div><dl class="facts">)" + facts + "</dl></header>\n";
}

std::string songs_section(AlbumReport const& report) {
    Table table{
        {{"Song", false},
         {"Length", true},
         {"Mix, LUFS", true},
         {"Under the loudest, LU", true},
         {"Delivery", false},
         {"Spec", false},
         {"LUFS", true},
         {"Target", true},
         {"True peak, dBTP", true},
         {"Range, LU", true}}};
    int number = 0;
    for (auto const& song : report.songs) {
        auto const name = fmt::format(
            R"(<a href="{}/report.html">{:02} {}</a>)",
            escaped(song.folder),
            ++number,
            escaped(song.info.title)
        );
        for (auto const& delivery : song.deliveries) {
            bool const is_first = &delivery == &song.deliveries.front();
            table.row(
                {is_first ? name : "",
                 is_first ? clock(song.duration_s) : "",
                 is_first ? figure(song.mix_lufs) : "",
                 is_first ? figure(song.offset_lu) : "",
                 escaped(delivery.label()),
                 tick(delivery.within_spec),
                 figure(delivery.reading.integrated_lufs),
                 figure(delivery.target_lufs),
                 figure(delivery.reading.true_peak_dbtp),
                 figure(delivery.reading.loudness_range_lu)}
            );
        }
    }
    return section(
        "Songs",
        "Every figure is measured from the file on disk. Distances are those of the songs\u2019 "
        "own mixes.",
        table.text()
    );
}

std::string tracks_table(AlbumReport const& report, AlbumFile const& file) {
    Table table{
        {{"Track", true},
         {"Title", false},
         {"ISRC", false},
         {"Gap from", true},
         {"Start", true},
         {"Length", true}}};
    for (auto const& track : file.tracks) {
        auto const& info = report.songs[track.song].info;
        table.row(
            {std::to_string(track.song + 1),
             escaped(info.title),
             escaped(info.isrc),
             escaped(track.pregap),
             escaped(track.start),
             clock(track.duration_s)}
        );
    }
    return table.text();
}

std::string album_checks_table(AlbumFile const& file) {
    Table table{{{"Check", false}, {"", false}, {"Measured", true}, {"Limit", true}}};
    for (auto const& check : file.checks) {
        auto const limit = check.max ? check.max : check.min;
        table.row(
            {escaped(check.what),
             tick(check.pass),
             figure(check.measured, 2) + " " + escaped(check.unit),
             figure(limit, 2)}
        );
    }
    for (auto const& cut : file.cutting) {
        table.row(
            {escaped(cut.message),
             cut.passed ? tick(true) : R"(<span class="bad">!</span>)",
             figure(cut.measured, 2) + " " + escaped(cut.unit),
             figure(cut.limit, 2)}
        );
    }
    return "<details><summary>Checks</summary>" + table.text() + "</details>";
}

std::string files_section(AlbumReport const& report) {
    std::string parts;
    for (auto const& file : report.files) {
        parts += fmt::format(
            "<h3>{} {}</h3><p>{} LUFS, {} dBTP, {} LU \u00b7 <code>{}</code> \u00b7 "
            R"(<a href="{}">track sheet</a></p>)",
            escaped(file.title),
            tick(file.failures.empty()),
            figure(file.reading.integrated_lufs),
            figure(file.reading.true_peak_dbtp),
            figure(file.reading.loudness_range_lu),
            escaped(file.file.path),
            escaped(file.sheet)
        );
        parts += tracks_table(report, file) + album_checks_table(file);
    }
    return parts.empty() ? "" : section("Disc and sides", "", parts);
}

std::string remarks_section(AlbumReport const& report) {
    std::string items;
    auto const add = [&](std::string const& what, std::string const& message, bool is_bad) {
        items += fmt::format(
            "<li{}><b>{} {}</b> {}</li>",
            is_bad ? R"( class="bad")" : "",
            is_bad ? "✕" : "!",
            escaped(what),
            escaped(message)
        );
    };
    for (auto const& song : report.songs) {
        for (auto const& delivery : song.deliveries) {
            for (auto const& failure : delivery.failures) {
                add(song.info.title + ", " + delivery.label(), failure.message, true);
            }
        }
    }
    for (auto const& file : report.files) {
        for (auto const& failure : file.failures) {
            add(file.title, failure.message, true);
        }
        for (auto const& check : file.cutting) {
            if (!check.passed) {
                add(file.title, check.message, false);
            }
        }
    }
    for (auto const& step : report.steps_back) {
        add(step.delivery, step_back_words(step), false);
    }
    return items.empty() ? "" : section("Remarks", "", R"(<ul class="remarks">)" + items + "</ul>");
}

} // namespace

} // namespace html

std::string album_html(AlbumReport const& report) {
    return html::page(
        html::escaped(report.album.title) + " – album report",
        html::album_header(report) + R"(<div id="report" tabindex="-1">)" +
            html::remarks_section(report) + html::files_section(report) +
            html::songs_section(report) + "</div>",
        "The same figures for programs: album.json, schema stemlathe.album-report/1. Every package "
        "has a quality-control sheet, qc.pdf."
    );
}

} // namespace stemlathe
