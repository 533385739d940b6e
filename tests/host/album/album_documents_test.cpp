// What an album's own packages say of themselves, and what is asked for beside its masters.

#include "host/loudness/meter.hpp"
#include "host/plan/plan_toml.hpp"
#include "host/verify/verify_folder.hpp"
#include "tests/host/album/mastered_album.hpp"
#include "tests/host/page_checks.hpp"
#include "tests/support/files.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

using AlbumDocuments = MasterAlbum;

TEST_F(AlbumDocuments, HasASheetOfTheDiscAndOneOfTheRecord) {
    (void)master({.deliver = {"cd", "vinyl"}});
    auto const sheet = [&](std::string const& package) {
        return boost::json::parse(read_file(out() / "masters" / package / "qc.json"));
    };
    auto const disc = sheet("cd");
    EXPECT_EQ(disc.at_pointer("/session/title"), "Night Drives");
    EXPECT_EQ(disc.at("within_spec"), true);
    EXPECT_TRUE(disc.at("processing").is_null());
    ASSERT_EQ(disc.at("files").as_array().size(), 1U);
    ASSERT_EQ(disc.at("companions").as_array().size(), 1U);
    auto const image =
        out() / "masters/cd" / std::string{disc.at_pointer("/files/0/path").as_string()};
    auto const reading = inspect_file(image);
    EXPECT_NEAR(
        disc.at_pointer("/files/0/measured/integrated_lufs").to_number<double>(),
        *reading.integrated_lufs,
        6e-4
    );
    std::vector<std::string> codes;
    for (auto const& check : disc.at("checks").as_array()) {
        codes.emplace_back(check.at("code").as_string());
        EXPECT_EQ(check.at("pass"), true);
    }
    EXPECT_EQ(codes, (std::vector<std::string>{"length", "true_peak", "disc_length"}));

    auto const record = sheet("vinyl");
    EXPECT_EQ(record.at("files").as_array().size(), 2U);
    EXPECT_EQ(record.at("companions").as_array().size(), 2U);
    EXPECT_EQ(record.at_pointer("/checks/2/what"), "Side B: Length");
    EXPECT_TRUE(std::filesystem::exists(out() / "qc.pdf"));
    for (auto const* package : {"cd", "vinyl"}) {
        auto const sums = run_program(
            "env -C " + (out() / "masters" / package).string() + " md5sum --strict -c " + package +
            ".md5"
        );
        ASSERT_TRUE(sums);
        EXPECT_EQ(sums->exit_code, 0) << sums->output;
    }
}

TEST_F(AlbumDocuments, IsVerifiedAsAWhole) {
    auto const report = master({.deliver = {"cd", "vinyl"}});
    Tasks tasks{2};
    auto verification = verify_folder(out(), tasks);
    EXPECT_TRUE(verification.discrepancies.empty()) << verification.discrepancies.front().message;
    EXPECT_EQ(verification.packages, 2 + 3 * 2);
    EXPECT_EQ(verification.measured, 3 + 3 * 2) << "the disc and two sides, and every song's files";

    auto const image = out() / report.files[0].file.path;
    auto bytes = read_bytes(image);
    bytes[bytes.size() / 2] ^= std::byte{0x40};
    write_bytes(image, bytes);
    verification = verify_folder(out(), tasks);
    ASSERT_FALSE(verification.discrepancies.empty());
    EXPECT_EQ(verification.discrepancies.front().path, report.files[0].file.path);
    EXPECT_EQ(verification.discrepancies.front().code, "changed");
}

TEST_F(AlbumDocuments, GivesASideTheLoudnessWordsOfABroadcastWave) {
    auto const report = master({.deliver = {"vinyl", "cd"}});
    auto const& side = report.files[1];
    ASSERT_EQ(side.title, "Side B");
    EXPECT_FALSE(report.files[2].has_broadcast_chunk) << "a CD image is a plain WAV";
    auto const said = run_program("mediainfo -f '" + (out() / side.file.path).string() + "'");
    if (!said || said->exit_code == 127) {
        GTEST_SKIP() << "mediainfo is not installed";
    }
    EXPECT_NE(said->output.find("The Lathes - Night Drives, Side B [vinyl]"), std::string::npos)
        << said->output;
    EXPECT_NE(
        said->output.find(fmt::format("{:.2f}", *side.reading.integrated_lufs)), std::string::npos
    ) << said->output;
}

TEST_F(AlbumDocuments, FollowsAPlanAndMakesVersionsOfEverySong) {
    auto const plan = parse_plan(
        "[[stem]]\nmatch = \"drums\"\ngain_db = -3.0\n[masking]\nfix = \"off\"\n"
        "[[delivery]]\nprofile = \"cd\"\n[[delivery]]\nprofile = \"streaming\"\n"
        "integrated_lufs = -16.0\n",
        "plan.toml"
    );
    auto const report = master(
        {.head = "loudness = \"track\"", .plan = plan, .versions = {.names = {"instrumental"}}}
    );
    for (auto const& song : report.songs) {
        std::vector<std::string> labels;
        for (auto const& delivery : song.deliveries) {
            labels.push_back(delivery.label());
        }
        EXPECT_EQ(
            labels,
            (std::vector<std::string>{
                "cd", "cd instrumental", "streaming", "streaming instrumental"})
        );
        EXPECT_EQ(song.deliveries[2].target_lufs, -16.0);
        EXPECT_NE(
            read_file(out() / song.folder / "plan.toml").find("gain_db = -3"), std::string::npos
        );
    }
    ASSERT_EQ(report.files.size(), 1U) << "the disc alone";
    auto const disc = audio(report.files[0].file.path);
    auto const song =
        audio(report.songs[2].folder + "/" + report.songs[2].deliveries[0].files[0].path);
    auto const start = report.files[0].tracks[2].start_s;
    // The third song begins inside the sector that the second ends in.
    EXPECT_GT(static_cast<double>(disc.size() / 2) / 44'100, start + 4.0);
    EXPECT_NE(std::ranges::search(disc, std::span{song}.subspan(2000, 200)).begin(), disc.end());
}

TEST_F(AlbumDocuments, NamesTheSongThatAPlanDoesNotFit) {
    auto const plan = parse_plan("[[stem]]\nmatch = \"01_Drum.wav\"\n", "plan.toml");
    EXPECT_TRUE(fails_with(Code::invalid_plan, "one: ", [&] {
        (void)master({.deliver = {"cd"}, .plan = plan});
    }));
}

TEST_F(AlbumDocuments, HasAPageThatLinksTheSongsAndHoldsThePqOfTheDisc) {
    auto const report = master({.deliver = {"cd", "vinyl"}});
    auto const page = read_file(out() / "report.html");
    EXPECT_TRUE(is_well_nested(page));
    EXPECT_EQ(count_of(page, "<script"), 0U);
    for (auto const& link : attributes(page, "href")) {
        EXPECT_TRUE(link == "#report" || std::filesystem::exists(out() / link)) << link;
    }
    EXPECT_EQ(count_of(page, "/report.html"), 3U);
    for (auto const& track : report.files[0].tracks) {
        EXPECT_NE(page.find(">" + track.start + "<"), std::string::npos) << track.start;
    }
    EXPECT_NE(page.find("Side B"), std::string::npos);
    EXPECT_NE(page.find("All within spec"), std::string::npos);
}

} // namespace

} // namespace stemlathe::test
