#include "host/album/cd_layout.hpp"
#include "tests/host/album/mastered_album.hpp"
#include "tests/support/files.hpp"
#include "tests/support/session_folder.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

/// Frames [first, first + count) of a stereo signal.
Signal part_of(Signal const& signal, std::int64_t first, std::int64_t count) {
    auto const from = signal.begin() + static_cast<std::ptrdiff_t>(2 * first);
    return {from, from + static_cast<std::ptrdiff_t>(2 * count)};
}

/// A target is met to within 0.1 LU, so a distance to within twice that.
constexpr double kDistance_lu = 0.2;

TEST_F(MasterAlbum, KeepsTheDistancesBetweenItsSongs) {
    auto const report = master({.deliver = {"streaming"}});
    ASSERT_EQ(report.songs.size(), 3U);
    EXPECT_EQ(report.songs[0].offset_lu, 0.0);
    EXPECT_NEAR(report.songs[1].offset_lu, -6.02, 0.5); // another length, so another gating
    for (auto const& song : report.songs) {
        ASSERT_EQ(song.deliveries.size(), 1U);
        auto const& delivery = song.deliveries[0];
        EXPECT_TRUE(delivery.within_spec) << song.info.title;
        EXPECT_NEAR(
            *delivery.reading.integrated_lufs -
                *report.songs[0].deliveries[0].reading.integrated_lufs,
            *song.mix_lufs - *report.songs[0].mix_lufs,
            kDistance_lu
        );
    }
    EXPECT_TRUE(report.is_within_spec());
}

TEST_F(MasterAlbum, MakesEverySongAsLoudWhereTheAlbumSaysSo) {
    auto const report = master({.deliver = {"streaming"}, .head = "loudness = \"track\""});
    for (auto const& song : report.songs) {
        EXPECT_NEAR(*song.deliveries[0].reading.integrated_lufs, -14.0, 0.1) << song.info.title;
    }
}

TEST_F(MasterAlbum, StepsBackTogetherWhereOneSongCannotBeAsLoud) {
    // A limiter that may do next to nothing keeps bursts from -6 LUFS.
    auto const report = master(
        {.deliver = {"loud"},
         .profiles = "[[profile]]\nname = \"loud\"\nbased_on = \"streaming\"\nintegrated_lufs = "
                     "-6\ngr_budget_db = 0.5"}
    );
    ASSERT_EQ(report.steps_back.size(), 1U);
    EXPECT_EQ(report.steps_back[0].delivery, "loud");
    EXPECT_GT(report.steps_back[0].lower_lu, 0.1);
    for (auto const& song : report.songs) {
        auto const& delivery = song.deliveries[0];
        EXPECT_NEAR(
            *delivery.target_lufs, -6.0 - report.steps_back[0].lower_lu + song.offset_lu, 0.011
        );
        EXPECT_NEAR(*delivery.reading.integrated_lufs, *delivery.target_lufs, 0.1)
            << song.info.title;
    }
}

TEST_F(MasterAlbum, PutsItsSongsOnOneDiscSampleBySample) {
    auto const report = master({.deliver = {"cd"}});
    ASSERT_EQ(report.files.size(), 1U);
    auto const& disc = report.files[0];
    EXPECT_EQ(disc.file.path, "masters/cd/TheLathes_NightDrives_cd_44k16.wav");
    EXPECT_EQ(disc.sheet, "masters/cd/TheLathes_NightDrives_cd_44k16.cue");
    EXPECT_EQ(disc.file.frames % 588, 0);
    auto const image = audio(disc.file.path);
    ASSERT_EQ(disc.tracks.size(), 3U);
    auto const song = [&](std::size_t i) {
        return audio(report.songs[i].folder + "/" + report.songs[i].deliveries[0].files[0].path);
    };
    std::int64_t const first = 6 * 44'100;
    EXPECT_EQ(part_of(image, 0, first), part_of(song(0), 0, first));
    // 6 s are 450 sectors, 1.5 s are 113 (112.5 rounded up).
    EXPECT_EQ(disc.tracks[1].pregap, "00:06:00");
    EXPECT_EQ(disc.tracks[1].start, sector_time(450 + 113));
    EXPECT_EQ(part_of(image, first, 113 * 588), silence(113 * 588));
    std::int64_t const second = (450 + 113) * 588;
    EXPECT_EQ(part_of(image, second, 5 * 44'100), part_of(song(1), 0, 5 * 44'100));
    EXPECT_EQ(disc.tracks[2].pregap, "");
    std::int64_t const third = second + 5 * 44'100; // no gap: not even a sample
    EXPECT_EQ(part_of(image, third, 45 * 4410), part_of(song(2), 0, 45 * 4410));
    auto const rest = static_cast<std::int64_t>(image.size()) / 2 - third - 45 * 4410;
    EXPECT_LT(rest, 588);
    EXPECT_EQ(part_of(image, third + 45 * 4410, rest), silence(rest));
    EXPECT_TRUE(disc.failures.empty());
}

TEST_F(MasterAlbum, MakesADiscThatBurnersRead) {
    auto const report = master({.deliver = {"cd"}});
    auto const folder = (out() / "masters/cd").string();
    auto const name = std::filesystem::path{report.files[0].file.path}.stem().string();
    auto const toc =
        run_program("cdrdao 2>&1 | head -0; cd " + folder + " && cdrdao show-toc " + name + ".cue");
    if (!toc) {
        GTEST_SKIP() << "cdrdao is not installed";
    }
    EXPECT_EQ(toc->exit_code, 0) << toc->output;
    for (auto const* words :
         {"CATALOG NUMBER: 0036000291452",
          "ISRC QZ ABC 26 10001",
          "PREGAP 00:01:38(   113)",
          "START  00:07:38(   563)",
          "TRACK  3"}) {
        EXPECT_NE(toc->output.find(words), std::string::npos) << words << "\n" << toc->output;
    }
    EXPECT_EQ(toc->output.find("TRACK  4"), std::string::npos);
    if (auto const size = run_program(
            "cdrdao 2>&1 | head -0; cd " + folder + " && cdrdao toc-size " + name + ".cue"
        )) {
        auto const sectors = std::to_string(report.files[0].file.frames / 588);
        EXPECT_NE(size->output.find(sectors), std::string::npos) << size->output;
    }
}

TEST_F(MasterAlbum, MakesADiscThatShntoolAndCuetoolsRead) {
    auto const report = master({.deliver = {"cd"}});
    auto const wave = (out() / report.files[0].file.path).string();
    auto const sheet = (out() / report.files[0].sheet).string();
    auto const length = run_program("shntool len " + wave);
    auto const texts = run_program("cueprint -d '%N %P %T\\n' -t '%n %i %p %t\\n' " + sheet);
    if (!length || !texts) {
        GTEST_SKIP() << "shntool or cueprint is not installed";
    }
    // The column "cdr" holds b where a file is cut off a sector boundary, c where it is no CD.
    EXPECT_NE(length->output.find(" B   ---"), std::string::npos) << length->output;
    EXPECT_NE(texts->output.find("3 The Lathes Night Drives"), std::string::npos) << texts->output;
    EXPECT_NE(texts->output.find("1 QZABC2610000 The Lathes Song one"), std::string::npos);
    EXPECT_NE(texts->output.find("2 QZABC2610001 Guest Other"), std::string::npos);
    EXPECT_NE(texts->output.find("3 QZABC2610002 The Lathes Song three"), std::string::npos);
}

TEST_F(MasterAlbum, MakesARecordsSidesWithTheirSheets) {
    auto const report = master({.deliver = {"vinyl"}});
    ASSERT_EQ(report.files.size(), 2U);
    auto const& b = report.files[1];
    EXPECT_EQ(report.files[0].title, "Side A");
    EXPECT_EQ(report.files[0].tracks.size(), 1U);
    EXPECT_EQ(b.file.path, "masters/vinyl/TheLathes_NightDrives_vinyl_SideB_44k24.wav");
    ASSERT_EQ(b.tracks.size(), 2U); // 5 and 4.5 s, no gap
    auto const side = audio(b.file.path);
    auto const song = [&](std::size_t i) {
        return audio(report.songs[i].folder + "/" + report.songs[i].deliveries[0].files[0].path);
    };
    auto expected = song(1);
    auto const last = song(2);
    expected.insert(expected.end(), last.begin(), last.end());
    EXPECT_EQ(side, expected);
    ASSERT_EQ(b.cutting.size(), 5U);
    auto const sheet = read_file(out() / b.sheet);
    for (auto const* words :
         {"PQ SHEET",
          "Side B, a 12-inch side at 33 1/3",
          "Expected cut level    +0.0 dB",
          "2    00:00:00    00:05:00    QZABC2610001  Other",
          "3    00:05:00    00:04:37    QZABC2610002  Song three"}) {
        EXPECT_NE(sheet.find(words), std::string::npos) << words << "\n" << sheet;
    }
}

TEST_F(MasterAlbum, PublishesEverythingThatItsManifestLists) {
    auto const report = master({.deliver = {"cd", "vinyl"}});
    auto const manifest = boost::json::parse(read_file(out() / "manifest.json"));
    std::vector<std::string> listed;
    for (auto const& entry : manifest.at("outputs").as_array()) {
        listed.emplace_back(entry.at("path").as_string());
        EXPECT_EQ(
            std::filesystem::file_size(out() / listed.back()),
            static_cast<std::uintmax_t>(entry.at("bytes").to_number<std::int64_t>())
        );
    }
    auto there = tree_of(out());
    std::erase_if(there, [](auto const& path) {
        return path.ends_with("/") || path == "manifest.json";
    });
    std::ranges::sort(listed);
    EXPECT_EQ(listed, there);
    EXPECT_EQ(
        boost::json::parse(read_file(out() / "album.json")).at("within_spec"),
        report.is_within_spec()
    );
    EXPECT_NE(std::ranges::find(there, "songs/02-Other/report.html"), there.end());
}

TEST_F(MasterAlbum, GivesTheSameBytesHoweverItIsComputed) {
    (void)master({.deliver = {"cd"}});
    (void)master({.deliver = {"cd"}, .out = "again", .threads = 1, .segment_frames = 4099});
    int masters = 0;
    for (auto const& path : tree_of(out())) {
        if (path.find("masters/") != std::string::npos && !path.ends_with("/")) {
            EXPECT_EQ(read_file(out() / path), read_file(out("again") / path)) << path;
            ++masters;
        }
    }
    // three songs and the disc, each with its CUE sheet, its checks twice, and its checksums
    EXPECT_EQ(masters, 4 * 2 + 4 * 3);
}

TEST_F(MasterAlbum, LeavesNothingWhereOneSongFails) {
    write_file(album() / "two/session.toml", "[[stem]]\nfile = \"nowhere.wav\"");
    EXPECT_TRUE(fails_with(Code::invalid_session, "two: ", [&] {
        (void)master({.deliver = {"cd"}});
    }));
    EXPECT_FALSE(std::filesystem::exists(out()));
}

TEST_F(MasterAlbum, SaysWhatAPlantWouldSendBack) {
    write_song("three", 2.0, 48'000, 1.0F);
    auto const report = master({.deliver = {"cd"}});
    auto const& failures = report.files[0].failures;
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].code, "track_length");
    EXPECT_FALSE(report.is_within_spec());
}

} // namespace

} // namespace stemlathe::test
