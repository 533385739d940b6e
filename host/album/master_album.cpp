#include "host/album/master_album.hpp"

#include "formats/atomic_file.hpp"
#include "formats/checksum.hpp"
#include "host/album/album_files.hpp"
#include "host/album/album_sheets.hpp"
#include "host/album/album_songs.hpp"
#include "host/output/output_folder.hpp"
#include "host/pipeline/publish.hpp"
#include "host/qc/packages.hpp"
#include "host/report/album_html.hpp"
#include "host/report/manifest.hpp"

#include <algorithm>
#include <utility>

namespace stemlathe {

namespace {

constexpr char const* kAlbumFile = "album.toml";
constexpr char const* kAlbumReport = "album.json";
constexpr char const* kAlbumPage = "report.html";

ManifestEntry entry_of(std::filesystem::path const& file, std::string path) {
    return {
        .path = std::move(path),
        .bytes = static_cast<std::int64_t>(std::filesystem::file_size(file)),
        .sha256 = sha256_of_file(file)};
}

std::vector<ManifestEntry>
album_inputs(Album const& album, std::vector<MasteredSong> const& songs) {
    std::vector<ManifestEntry> inputs{entry_of(album.folder / kAlbumFile, kAlbumFile)};
    for (auto const& song : songs) {
        auto const& folder = song.session.folder;
        for (auto const& input : inputs_of(song.session)) {
            auto const path = (folder / input.path).lexically_relative(album.folder);
            inputs.push_back(entry_of(folder / input.path, path.generic_string()));
        }
    }
    return inputs;
}

/// Everything that lies in the songs' folders, and the album's own files.
std::vector<ManifestEntry> album_outputs(
    AlbumReport const& report, std::vector<MasteredSong> const& songs, OutputFolder& out
) {
    std::vector<ManifestEntry> outputs;
    for (auto const& song : songs) {
        std::vector<std::filesystem::path> files;
        for (auto const& file : std::filesystem::recursive_directory_iterator{song.folder}) {
            if (file.is_regular_file()) {
                files.push_back(file.path().lexically_relative(song.folder));
            }
        }
        std::ranges::sort(files);
        for (auto const& file : files) {
            auto const path = std::filesystem::path{song.summary.folder} / file;
            outputs.push_back(entry_of(song.folder / file, path.generic_string()));
        }
    }
    for (auto const& file : report.files) {
        outputs.push_back(
            {.path = file.file.path, .bytes = file.file.bytes, .sha256 = file.file.sha256}
        );
        outputs.push_back(entry_of(out.stage(file.sheet), file.sheet));
    }
    for (auto const* const file : {kAlbumReport, kAlbumPage}) {
        outputs.push_back(entry_of(out.stage(file), file));
    }
    return outputs;
}

} // namespace

AlbumReport master_album(AlbumJob const& job, Backend& backend, Run& run) {
    OutputFolder out{job.out};
    AlbumReport report{.album = job.album};
    auto songs = master_songs(job, out, report.steps_back, backend, run);
    report.engine = songs.front().report.engine;
    for (auto const& song : songs) {
        report.songs.push_back(song.summary);
    }
    run.begin("album", 9.0);
    report.files = album_files(report, songs, out, run);
    write_text(out.stage(kAlbumReport), album_json(report));
    write_text(out.stage(kAlbumPage), album_html(report));
    run.begin("report", 1.0);
    auto const sheets = write_sheets(out, album_sheets(report, songs, out), run.tasks());
    Manifest manifest{
        .engine = report.engine,
        .plan_sha256 = sha256_of_file(job.album.folder / kAlbumFile),
        .inputs = album_inputs(job.album, songs),
        .outputs = album_outputs(report, songs, out)};
    manifest.outputs.insert(manifest.outputs.end(), sheets.begin(), sheets.end());
    std::ranges::sort(manifest.outputs, {}, &ManifestEntry::path);
    out.publish(manifest_json(manifest));
    run.end();
    return report;
}

} // namespace stemlathe
