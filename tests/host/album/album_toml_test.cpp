#include "host/album/album.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace stemlathe::test {

namespace {

Album album_in(std::string_view text) {
    return parse_album(text, "album.toml", "/music/album");
}

TEST(AlbumToml, MeansWhatItSays) {
    auto const album = album_in(R"(
schema = "stemlathe.album/1"
title = "Night Drives"
artist = "The Lathes"
upc = "036000291452"
date = 2026-11-26
genre = "Rock"
loudness = "track"
side_format = "7in-45"
[[song]]
session = "01 one"
title = "One"
artist = "Guest"
isrc = "qz-abc-26-00001"
[[song]]
session = "two"
gap_s = 0
)");
    EXPECT_EQ(album.title, "Night Drives");
    EXPECT_EQ(album.date, "2026-11-26");
    EXPECT_EQ(album.loudness, AlbumLoudness::track);
    EXPECT_EQ(album.side_format, "7in-45");
    ASSERT_EQ(album.songs.size(), 2U);
    EXPECT_EQ(album.songs[0].session, "/music/album/01 one");
    EXPECT_EQ(album.songs[0].isrc, "QZABC2600001");
    EXPECT_EQ(album.songs[0].gap_s, 2.0);
    EXPECT_EQ(album.songs[1].gap_s, 0.0);
}

TEST(AlbumToml, LeavesTheUsualOut) {
    auto const album = album_in("[[song]]\nsession = \"a\"");
    EXPECT_EQ(album.loudness, AlbumLoudness::album);
    EXPECT_EQ(album.side_format, "12in-33");
    EXPECT_FALSE(album.songs[0].side);
}

TEST(AlbumToml, TellsWhatIsWrongInASentence) {
    auto const songs = [](std::string const& first, std::string const& second) {
        return "[[song]]\nsession = \"a\"\n" + first + "\n[[song]]\nsession = \"b\"\n" + second;
    };
    std::string hundred;
    for (int i = 0; i < 100; ++i) {
        hundred += "[[song]]\nsession = \"s" + std::to_string(i) + "\"\n";
    }
    for (auto const& [text, words] : std::vector<std::pair<std::string, char const*>>{
             {"", "has 0 entries"},
             {hundred, "has 100 entries; an album has 1 to 99"},
             {"titel = \"x\"\n[[song]]\nsession = \"a\"", "did you mean \"title\"?"},
             {"[[song]]\ntitle = \"x\"", "song[0].session is missing"},
             {"[[song]]\nsession = \"../up\"", "must lie in the album's folder"},
             {"[[song]]\nsession = \"/etc\"", "must lie in the album's folder"},
             {songs("", "session2 = 1"), "did you mean \"session\"?"},
             {"[[song]]\nsession=\"a\"\n[[song]]\nsession=\"a\"", "names a twice"},
             {songs("gap_s = -1", ""), "it must be 0 to 600"},
             {songs("isrc = \"GB1\"", ""), "12 characters"},
             {songs("side = 1", ""), "at some songs only"},
             {songs("side = 2", "side = 2"), "goes from 0 to 2"},
             {songs("side = 1", "side = 3"), "goes from 1 to 3"},
             {"loudness = \"loud\"\n[[song]]\nsession = \"a\"", "loudness is \"loud\""},
             {"side_format = \"12in\"\n[[song]]\nsession = \"a\"", "side_format is \"12in\""},
             {"upc = \"036000291453\"\n[[song]]\nsession = \"a\"", "check digit"},
             {"date = \"2026-13-01\"\n[[song]]\nsession = \"a\"", "a date such as"},
         }) {
        EXPECT_TRUE(fails_with(Code::invalid_session, words, [&] { (void)album_in(text); }))
            << text;
    }
    TempFolder const folder;
    EXPECT_TRUE(fails_with(Code::not_found, "album.toml", [&] { (void)load_album(folder / "x"); }));
}

} // namespace

} // namespace stemlathe::test
