#include "formats/text_file.hpp"
#include "host/masking/margin_map.hpp"
#include "host/masking/margins_csv.hpp"
#include "tests/host/masked_hops.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace stemlathe::test {

namespace {

std::vector<std::string> lines_of(std::string const& text) {
    std::istringstream stream{text};
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

class MarginsFile : public ::testing::Test {
  protected:
    /// Two stems, three bands, four hops; what is between the bands of the one set is the other.
    MarginsFile() {
        even_.set_masker(1, even_.everywhere(), 9.0F); // T = 10
        even_.set_margin(0, even_.everywhere(), 10.0F);
        odd_.set_masker(1, odd_.everywhere(), 9.0F);
        odd_.set_margin(0, odd_.everywhere(), 20.0F);
    }

    void take(MarginsCsv& csv, std::int64_t first, std::int64_t hops) {
        csv.take(even_.view(first, hops), odd_.view(first, hops));
    }

    [[nodiscard]] std::filesystem::path path() const {
        return folder_ / "margins.csv";
    }

    MarginsCsv open(std::vector<std::string> stems = {"a.wav", "b.wav"}) {
        return {path(), std::move(stems), bands_hz_, kTestHop_s, from_s_};
    }

    TempFolder folder_;
    MaskedHops even_{2, 2, 4};
    MaskedHops odd_{2, 1, 4};
    std::vector<double> bands_hz_{100.0, 250.04, 1000.0};
    double from_s_ = 1.0;
};

TEST_F(MarginsFile, HasALinePerHopStemEarAndBand) {
    auto csv = open();
    take(csv, 0, 3); // views of any size
    take(csv, 3, 1);
    csv.commit();
    auto const lines = lines_of(read_file(path()));
    ASSERT_EQ(lines.size(), 1U + 4 * 2 * 2 * 3);
    EXPECT_EQ(lines[0], "time_s,stem,ear,band_hz,excitation_db,threshold_db,margin_db");
    EXPECT_EQ(lines[1], "1.00000,a.wav,left,100.0,20.000,10.000,10.000");
    EXPECT_EQ(lines[2], "1.00000,a.wav,left,250.0,30.000,10.000,20.000");
    EXPECT_EQ(lines[4], "1.00000,a.wav,right,100.0,20.000,10.000,10.000");
    EXPECT_EQ(lines[7], "1.00000,b.wav,left,100.0,-100.000,0.000,-100.000");
    EXPECT_EQ(lines[13], "1.01000,a.wav,left,100.0,20.000,10.000,10.000");
    EXPECT_EQ(lines.back(), "1.03000,b.wav,right,1000.0,-100.000,0.000,-100.000");
}

TEST_F(MarginsFile, SaysMinusInfinityOfNothing) {
    auto csv = open();
    auto const even = even_.view(0, 1);
    even_.at(0, 0, MaskingField::excitation_left, 0) = 0.0F;
    csv.take(even, odd_.view(0, 1));
    csv.commit();
    EXPECT_EQ(lines_of(read_file(path()))[1], "1.00000,a.wav,left,100.0,-inf,10.000,-inf");
}

TEST_F(MarginsFile, QuotesNamesAsRfc4180Says) {
    auto csv = open({"a,\"b\".wav", "c\nd.wav"});
    take(csv, 0, 1);
    csv.commit();
    auto const text = read_file(path());
    EXPECT_NE(text.find("\n1.00000,\"a,\"\"b\"\".wav\",left,"), std::string::npos);
    EXPECT_NE(text.find("\n1.00000,\"c\nd.wav\",left,"), std::string::npos);
}

TEST_F(MarginsFile, AppearsWholeOrNotAtAll) {
    {
        auto csv = open();
        take(csv, 0, 4);
        EXPECT_FALSE(std::filesystem::exists(path()));
    }
    EXPECT_TRUE(tree_of(folder_.path()).empty());
    write_file(path(), "what was there");
    {
        auto csv = open();
        take(csv, 0, 4);
    }
    EXPECT_EQ(read_file(path()), "what was there");
    auto csv = open();
    csv.commit();
    EXPECT_EQ(lines_of(read_file(path())).size(), 1U);
    EXPECT_EQ(tree_of(folder_.path()), std::vector<std::string>{"margins.csv"});
}

TEST_F(MarginsFile, NeedsAFolder) {
    EXPECT_TRUE(fails_with(Code::not_found, "nowhere", [&] {
        (void)MarginsCsv{folder_ / "nowhere/m.csv", {}, bands_hz_, kTestHop_s, 0.0};
    }));
}

TEST(LongText, AppearsWithAllItsPiecesOnceItIsCommitted) {
    TempFolder const folder;
    std::string whole;
    {
        TextFile file{folder / "long.txt"};
        for (int i = 0; i < 1'000; ++i) {
            auto const piece = std::string(static_cast<std::size_t>(i % 97), 'x') + '\n';
            file.append(piece);
            whole += piece;
        }
        file.append("");
        EXPECT_FALSE(std::filesystem::exists(folder / "long.txt"));
        file.commit();
    }
    EXPECT_EQ(read_file(folder / "long.txt"), whole);
    EXPECT_EQ(tree_of(folder.path()), std::vector<std::string>{"long.txt"});
}

TEST(LongText, LeavesNothingBehindWithoutACommit) {
    TempFolder const folder;
    {
        TextFile file{folder / "long.txt"};
        file.append("half of it");
    }
    EXPECT_TRUE(tree_of(folder.path()).empty());
}

TEST(LongText, ThatIsEmptyIsAFileToo) {
    TempFolder const folder;
    TextFile file{folder / "long.txt"};
    file.commit();
    EXPECT_EQ(read_file(folder / "long.txt"), "");
}

/// Margins over the whole of a song as a picture.
std::vector<MaskingMap> map_of(MaskedHops& song, double& column_hops) {
    MarginMap map{song.stems(), song.bands(), song.hops()};
    song.pass([&](StemHop const& hop) { map.take(hop); });
    column_hops = map.column_hops();
    return map.finish(std::vector<std::string>{"a.wav", "b.wav"});
}

constexpr std::size_t kFileBands = 8;
constexpr float kFloat = 1e-4F; ///< float32 sums of a handful of products

TEST(MaskingMapOf, AColumnIsTheMeanOfWhatMatters) {
    MaskedHops song{2, kFileBands, 1'201}; // three hops to each of 401 columns
    for (std::int64_t hop = 0; hop < 3; ++hop) {
        Cells const cell{
            .hops = {.first = hop, .last = hop}, .bands = {.low = 0, .high = kFileBands - 1}};
        song.set_importance(0, cell, hop == 2 ? 0.5F : 0.25F);
        song.set_margin(0, cell, static_cast<float>(4 * hop)); // 0, 4 and 8 dB
    }
    double column_hops = 0.0;
    auto const maps = map_of(song, column_hops);
    EXPECT_EQ(column_hops, 3.0);
    ASSERT_EQ(maps.size(), 2U);
    EXPECT_EQ(maps[0].stem, "a.wav");
    ASSERT_EQ(maps[0].margin_db.size(), 401U * kFileBands);
    EXPECT_NEAR(maps[0].margin_db[0], (0.25F * 4.0F + 0.5F * 8.0F) / 1.0F, kFloat);
    EXPECT_TRUE(std::isnan(maps[0].margin_db[kFileBands])); // the next column
    EXPECT_TRUE(std::ranges::all_of(maps[1].margin_db, [](float db) { return std::isnan(db); }));
}

TEST(MaskingMapOf, IsNoWiderThanAPageCanShow) {
    for (auto const& [hops, column_hops] : std::vector<std::pair<std::int64_t, double>>{
             {0, 1.0}, {600, 1.0}, {601, 2.0}, {1'200, 2.0}, {1'201, 3.0}}) {
        EXPECT_EQ((MarginMap{2, kFileBands, hops}.column_hops()), column_hops) << hops;
    }
}

TEST(MaskingMapOf, MarginsAreBoundedAndASongOfOneHopHasAColumn) {
    MaskedHops song{2, kFileBands, 1};
    song.set_importance(0, song.everywhere(), 0.125F);
    song.set_importance(1, song.everywhere(), 0.125F);
    song.set_margin(1, song.everywhere(), 70.0F);
    double column_hops = 0.0;
    auto const maps = map_of(song, column_hops);
    EXPECT_EQ(column_hops, 1.0);
    EXPECT_EQ(maps[0].margin_db, std::vector<float>(kFileBands, -20.0F));
    EXPECT_EQ(maps[1].margin_db, std::vector<float>(kFileBands, 20.0F));
}

} // namespace

} // namespace stemlathe::test
