#include "host/album/pq_sheet.hpp"

#include "host/album/cd_layout.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

namespace stemlathe {

namespace {

/// A time that was meant to be whole may lie a rounding error under it.
constexpr double kTime_s_epsilon = 1e-9;

std::string pq_line(std::string_view what, std::string_view value) {
    return fmt::format("{:<22}{}\n", what, value);
}

std::string pq_level(std::string_view what, std::optional<double> value, std::string_view unit) {
    return pq_line(what, value ? fmt::format("{:.1f} {}", *value, unit) : "not measurable");
}

} // namespace

std::string pq_time(double seconds) {
    auto const sectors = static_cast<double>(kSectors_per_second);
    return sector_time(static_cast<std::int64_t>((seconds + kTime_s_epsilon) * sectors));
}

std::string pq_sheet(AlbumReport const& report, AlbumFile const& side, SideFormat const& format) {
    auto const& album = report.album;
    double const length_s = static_cast<double>(side.file.frames) / side.file.sample_rate_hz;
    std::string text = "PQ SHEET\n\n";
    text += pq_line("Artist", album.artist) + pq_line("Album", album.title);
    text += pq_line("Side", fmt::format("{}, a {}", side.title, format.what));
    text += pq_line("File", side.file.path.substr(side.file.path.rfind('/') + 1));
    text += pq_line(
        "Format", fmt::format("{} Hz, {}, stereo", side.file.sample_rate_hz, side.file.codec)
    );
    text += pq_line("Length", pq_time(length_s) + " (mm:ss:frames of 1/75 s)");
    if (auto const level_db = cut_level_db(format, length_s / 60.0)) {
        text += pq_line("Expected cut level", fmt::format("{:+.1f} dB", *level_db));
    }
    text += pq_level("Integrated loudness", side.reading.integrated_lufs, "LUFS");
    text += pq_level("Loudest 3 s", side.reading.short_term_max_lufs, "LUFS");
    text += pq_level("True peak", side.reading.true_peak_dbtp, "dBTP");
    text += fmt::format("\n{:<5}{:<12}{:<12}{:<14}{}\n", "No", "Start", "Length", "ISRC", "Title");
    for (auto const& track : side.tracks) {
        auto const& info = report.songs[track.song].info;
        text += fmt::format(
            "{:<5}{:<12}{:<12}{:<14}{}\n",
            track.song + 1,
            track.start,
            pq_time(track.duration_s),
            info.isrc.empty() ? "-" : info.isrc,
            info.title
        );
    }
    text += "\nChecks of the file:\n";
    for (auto const& check : side.cutting) {
        text += fmt::format("  {:<5} {}.\n", check.passed ? "ok" : "WARN", check.message);
    }
    return text;
}

} // namespace stemlathe
