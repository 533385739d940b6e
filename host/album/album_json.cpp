#include "host/album/album_report.hpp"
#include "host/report/json/delivery_parts.hpp"
#include "host/report/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace stemlathe {

namespace {

namespace json = boost::json;

json::value figure_or_null(std::optional<double> value) {
    return rounded(value, 2);
}

json::object song_object(AlbumSongReport const& song) {
    json::array deliveries;
    for (auto const& delivery : song.deliveries) {
        deliveries.push_back(
            {{"name", delivery.plan.name},
             {"version", text_or_null(delivery.version)},
             {"profile", delivery.plan.profile},
             {"within_spec", delivery.within_spec},
             {"target_lufs", figure_or_null(delivery.target_lufs)},
             {"integrated_lufs", figure_or_null(delivery.reading.integrated_lufs)},
             {"true_peak_dbtp", figure_or_null(delivery.reading.true_peak_dbtp)},
             {"failures", failure_objects(delivery.failures)}}
        );
    }
    return {
        {"folder", song.folder},
        {"title", song.info.title},
        {"artist", song.info.artist},
        {"isrc", song.info.isrc},
        {"duration_s", rounded(song.duration_s, 3)},
        {"mix_lufs", figure_or_null(song.mix_lufs)},
        {"offset_lu", rounded(song.offset_lu, 2)},
        {"deliveries", std::move(deliveries)}};
}

json::array track_objects(AlbumFile const& file) {
    json::array list;
    for (auto const& track : file.tracks) {
        list.push_back(
            {{"song", track.song + 1},
             {"pregap", track.pregap.empty() ? json::value(nullptr) : json::value(track.pregap)},
             {"start", track.start},
             {"start_s", rounded(track.start_s, 3)},
             {"duration_s", rounded(track.duration_s, 3)}}
        );
    }
    return list;
}

json::object file_object(AlbumFile const& file) {
    return {
        {"delivery", file.delivery},
        {"title", file.title},
        {"path", file.file.path},
        {"sheet", file.sheet},
        {"sample_rate_hz", file.file.sample_rate_hz},
        {"frames", file.file.frames},
        {"sha256", file.file.sha256},
        {"integrated_lufs", figure_or_null(file.reading.integrated_lufs)},
        {"true_peak_dbtp", figure_or_null(file.reading.true_peak_dbtp)},
        {"loudness_range_lu", figure_or_null(file.reading.loudness_range_lu)},
        {"tracks", track_objects(file)},
        {"cutting", cut_objects(file.cutting)},
        {"failures", failure_objects(file.failures)}};
}

} // namespace

bool AlbumReport::is_within_spec() const {
    auto const song_is_fine = [](AlbumSongReport const& song) {
        return std::ranges::all_of(song.deliveries, &DeliveryReport::within_spec);
    };
    auto const file_is_fine = [](AlbumFile const& file) {
        return file.failures.empty();
    };
    return std::ranges::all_of(songs, song_is_fine) && std::ranges::all_of(files, file_is_fine);
}

std::string step_back_words(AlbumReport::StepBack const& step) {
    return fmt::format(
        "the album lies {:.1f} LU lower than asked for, because \"{}\" cannot be louder than that "
        "within its limits, and the songs keep their distances",
        step.lower_lu,
        step.song
    );
}

std::string album_json(AlbumReport const& report) {
    auto const& album = report.album;
    json::array songs;
    for (auto const& song : report.songs) {
        songs.emplace_back(song_object(song));
    }
    json::array files;
    for (auto const& file : report.files) {
        files.emplace_back(file_object(file));
    }
    json::array steps;
    for (auto const& step : report.steps_back) {
        steps.push_back(
            {{"delivery", step.delivery},
             {"lower_lu", rounded(step.lower_lu, 2)},
             {"song", step.song}}
        );
    }
    json::object const document{
        {"schema", "stemlathe.album-report/1"},
        {"engine",
         {{"version", report.engine.version},
          {"commit", report.engine.commit},
          {"backend", report.engine.backend},
          {"device", report.engine.device}}},
        {"album",
         {{"title", album.title},
          {"artist", album.artist},
          {"upc", album.upc},
          {"loudness", album.loudness == AlbumLoudness::album ? "album" : "track"},
          {"side_format", album.side_format}}},
        {"within_spec", report.is_within_spec()},
        {"steps_back", std::move(steps)},
        {"songs", std::move(songs)},
        {"files", std::move(files)}};
    return json_text(document);
}

} // namespace stemlathe
