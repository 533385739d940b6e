#include "host/album/album_sheets.hpp"

#include "host/qc/packages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

namespace stemlathe {

namespace {

std::string folder_of(AlbumFile const& file) {
    return "masters/" + file.delivery;
}

/// The warnings of all songs' intake, each with its song.
void add_intake(QcSheet& sheet, std::vector<MasteredSong> const& songs) {
    for (auto const& song : songs) {
        for (auto finding : song.report.findings) {
            if (finding.severity == Severity::info) {
                ++sheet.intake_infos;
                continue;
            }
            finding.message = song.summary.info.title + ": " + finding.message;
            sheet.intake.push_back(std::move(finding));
        }
    }
}

QcSheet sheet_of(AlbumReport const& report, AlbumFile const& file) {
    auto const& album = report.album;
    QcSheet sheet{
        .engine = report.engine,
        .song = album.title,
        .package = file.delivery,
        .profile = file.profile};
    sheet.info.title = album.title;
    sheet.info.artist = album.artist;
    sheet.info.upc = album.upc;
    sheet.info.date = album.date;
    sheet.notes.push_back(fmt::format(
        "{} songs, joined sample by sample from their own masters; how each was made stands in its "
        "sheet below songs/",
        report.songs.size()
    ));
    for (auto const& step : report.steps_back) {
        if (step.delivery == file.delivery) {
            sheet.notes.push_back(step_back_words(step));
        }
    }
    return sheet;
}

void add_file(QcSheet& sheet, AlbumFile const& file, OutputFolder& out) {
    QcFile entry{.file = file.file, .reading = file.reading};
    entry.file.path =
        std::filesystem::path{file.file.path}.lexically_relative(folder_of(file)).generic_string();
    sheet.files.push_back(std::move(entry));
    sheet.companions.push_back(companion_of(out, file.sheet, folder_of(file)));
    sheet.checks.insert(sheet.checks.end(), file.checks.begin(), file.checks.end());
    sheet.failures.insert(sheet.failures.end(), file.failures.begin(), file.failures.end());
    sheet.within_spec = sheet.within_spec && file.failures.empty();
    for (auto const& check : file.cutting) {
        if (!check.passed) {
            sheet.notes.push_back(fmt::format("{}: {}", file.title, check.message));
        }
    }
}

} // namespace

std::vector<QcSheet>
album_sheets(AlbumReport const& report, std::vector<MasteredSong> const& songs, OutputFolder& out) {
    std::vector<QcSheet> sheets;
    for (auto const& file : report.files) {
        auto sheet = std::ranges::find(sheets, file.delivery, &QcSheet::package);
        if (sheet == sheets.end()) {
            sheets.push_back(sheet_of(report, file));
            add_intake(sheets.back(), songs);
            sheet = std::prev(sheets.end());
        }
        add_file(*sheet, file, out);
    }
    return sheets;
}

} // namespace stemlathe
