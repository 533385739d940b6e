#include "formats/text.hpp"
#include "host/album/album.hpp"
#include "host/session/session_toml.hpp"
#include "host/toml/table_reader.hpp"
#include "host/vinyl/side_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe {

namespace {

constexpr std::string_view kAlbumSchema = "stemlathe.album/1";
constexpr double kGap_s_max = 600.0;
constexpr double kSidesMax = 20.0;

/// An album is sent by strangers, too: what it names lies in its own folder.
bool lies_inside(std::filesystem::path const& path) {
    return path.is_relative() && std::ranges::find(path, "..") == path.end();
}

std::string read_isrc(TableReader& reader) {
    auto const text = reader.text("isrc").value_or("");
    auto const isrc = normalised_isrc(text);
    if (!text.empty() && !isrc) {
        reader.fail(
            "isrc", fmt::format("is \"{}\"; it must be like QZABC2600001 (12 characters)", text)
        );
    }
    return isrc.value_or("");
}

AlbumSong read_song(TableReader reader, std::filesystem::path const& folder) {
    AlbumSong song;
    std::filesystem::path const name{reader.text("session").value_or("")};
    if (name.empty()) {
        reader.fail("session", "is missing; name the folder with the song's stems");
    }
    if (!lies_inside(name)) {
        reader.fail(
            "session", fmt::format("is \"{}\"; it must lie in the album's folder", name.string())
        );
    }
    song.session = folder / name;
    song.title = reader.text("title").value_or("");
    song.artist = reader.text("artist").value_or("");
    song.isrc = read_isrc(reader);
    song.gap_s = reader.number("gap_s", {0.0, kGap_s_max}).value_or(song.gap_s);
    if (auto const side = reader.whole("side", {1.0, kSidesMax})) {
        song.side = static_cast<int>(*side);
    }
    reader.finish();
    return song;
}

void check_songs(TableReader const& reader, std::vector<AlbumSong> const& songs) {
    if (songs.empty() || songs.size() > kSongsMax) {
        reader.fail(
            "song",
            fmt::format(
                "has {} entries; an album has 1 to {}, each with a session", songs.size(), kSongsMax
            )
        );
    }
    auto const has_side = [](AlbumSong const& song) {
        return song.side.has_value();
    };
    auto const with_side = std::ranges::count_if(songs, has_side);
    if (with_side != 0 && with_side != static_cast<std::ptrdiff_t>(songs.size())) {
        reader.fail(
            "song.side", "stands at some songs only; say it for all of them or leave it out"
        );
    }
    for (std::size_t i = 0; i < songs.size(); ++i) {
        for (std::size_t before = 0; before < i; ++before) {
            if (songs[before].session == songs[i].session) {
                reader.fail(
                    "song.session",
                    fmt::format(
                        "names {} twice; a song is on an album once",
                        songs[i].session.filename().string()
                    )
                );
            }
        }
        if (with_side == 0) {
            continue;
        }
        int const former = i > 0 ? *songs[i - 1].side : 0;
        if (*songs[i].side != former && *songs[i].side != former + 1) {
            reader.fail(
                "song.side",
                fmt::format(
                    "goes from {} to {}; songs are in the order of their sides, and the first is "
                    "on side 1",
                    former,
                    *songs[i].side
                )
            );
        }
    }
}

} // namespace

Album parse_album(
    std::string_view text, std::string const& file, std::filesystem::path const& folder
) {
    auto const document = parse_toml(text, file, Code::invalid_session);
    TableReader reader{document, file, "", Code::invalid_session};
    (void)reader.word("schema", {kAlbumSchema});
    Album album{.folder = folder};
    album.title = reader.text("title").value_or("");
    album.artist = reader.text("artist").value_or("");
    album.genre = reader.text("genre").value_or("");
    album.upc = reader.text("upc").value_or("");
    if (!album.upc.empty() && !normalised_upc(album.upc)) {
        reader.fail(
            "upc",
            fmt::format("is \"{}\"; it must be 12 or 13 digits with a right check digit", album.upc)
        );
    }
    album.date = reader.text("date").value_or("");
    if (!album.date.empty() && !is_date(album.date)) {
        reader.fail(
            "date", fmt::format("is \"{}\"; it must be a date such as 2026-11-25", album.date)
        );
    }
    if (auto const loudness = reader.word("loudness", {"album", "track"})) {
        album.loudness = *loudness == "album" ? AlbumLoudness::album : AlbumLoudness::track;
    }
    album.side_format =
        reader.word("side_format", side_format_names()).value_or(std::string{kUsualSideFormat});
    for (auto& song : reader.tables("song")) {
        album.songs.push_back(read_song(song, folder));
    }
    reader.finish();
    check_songs(reader, album.songs);
    return album;
}

Album load_album(std::filesystem::path const& folder) {
    if (!std::filesystem::is_directory(folder)) {
        throw Failure{
            Code::not_found,
            fmt::format(
                "{} is not an album folder; name a folder with an album.toml in it", folder.string()
            )}
            .about_file(folder.string());
    }
    auto const file = folder / "album.toml";
    return parse_album(read_text_file(file, Code::invalid_session), file.string(), folder);
}

} // namespace stemlathe
