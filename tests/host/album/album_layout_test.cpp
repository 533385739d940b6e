#include "host/album/cd_layout.hpp"
#include "host/album/pq_sheet.hpp"
#include "host/album/side_split.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace stemlathe::test {

namespace {

TEST(CdLayout, BeginsEverySongAfterAGapOnASector) {
    std::array<std::int64_t, 3> const frames{5 * 44'100, 4 * 44'100 + 1, 44'100};
    std::array const gaps_s{9.0, 2.0, 1.5};
    auto const layout = lay_out_cd(frames, gaps_s);
    ASSERT_EQ(layout.tracks.size(), 3U);
    // 5 s are 375 sectors; the first song's gap is the disc's own and not in the image.
    EXPECT_EQ(layout.tracks[0], (CdTrack{.start_sector = 0, .from_frame = 0, .frames = frames[0]}));
    EXPECT_EQ(layout.tracks[1].pregap_sector, 375);
    EXPECT_EQ(layout.tracks[1].start_sector, 525);
    EXPECT_EQ(layout.tracks[1].from_frame, 525 * 588);
    // One frame more than 300 sectors fills up a 301st; 1.5 s are 112.5 sectors, rounded up.
    EXPECT_EQ(layout.tracks[2].pregap_sector, 826);
    EXPECT_EQ(layout.tracks[2].start_sector, 939);
    EXPECT_EQ(layout.sectors, 939 + 75);
}

TEST(CdLayout, MovesTheBoundaryWhereNoGapIs) {
    std::array<std::int64_t, 2> const frames{588 * 400 + 587, 588 * 400};
    std::array const gaps_s{0.0, 0.0};
    auto const layout = lay_out_cd(frames, gaps_s);
    EXPECT_FALSE(layout.tracks[1].pregap_sector);
    EXPECT_EQ(layout.tracks[1].from_frame, frames[0]); // sample by sample
    EXPECT_EQ(layout.tracks[1].start_sector, 400);     // before the song's first sample, not after
    EXPECT_EQ(layout.sectors, 801);
}

TEST(CdLayout, MakesAGapOfASectorAtLeast) {
    std::array<std::int64_t, 2> const frames{588, 588};
    std::array const gaps_s{0.0, 0.001};
    auto const layout = lay_out_cd(frames, gaps_s);
    EXPECT_EQ(layout.tracks[1].pregap_sector, 1);
    EXPECT_EQ(layout.tracks[1].start_sector, 2);
}

TEST(SectorTime, CountsSeventyFiveToASecond) {
    EXPECT_EQ(sector_time(0), "00:00:00");
    EXPECT_EQ(sector_time(74), "00:00:74");
    EXPECT_EQ(sector_time(75 * 61 + 3), "01:01:03");
    EXPECT_EQ(pq_time(0.1), "00:00:07");
    EXPECT_EQ(pq_time(2.0 + 1.0 / 75.0), "00:02:01"); // a rounding error is no frame
    EXPECT_EQ(pq_time(3600.0), "60:00:00");
}

Album album_of(std::size_t songs, double gap_s = 0.0) {
    Album album;
    for (std::size_t i = 0; i < songs; ++i) {
        album.songs.push_back({.gap_s = gap_s});
    }
    return album;
}

std::vector<double> minutes(std::vector<double> lengths) {
    std::ranges::transform(lengths, lengths.begin(), [](double length) { return length * 60.0; });
    return lengths;
}

std::vector<std::size_t> counts(std::vector<Side> const& sides) {
    std::vector<std::size_t> out;
    std::ranges::transform(sides, std::back_inserter(out), &Side::count);
    return out;
}

TEST(SplitSides, MakesTheLongestSideAsShortAsCanBe) {
    auto const& format = side_format_named("12in-33");
    // By hand: 3 + 3 songs are 12 and 15 min, 4 + 2 are 16 and 11.
    auto const sides = split_sides(album_of(6), minutes({5, 4, 3, 4, 5, 6}), format);
    EXPECT_EQ(counts(sides), (std::vector<std::size_t>{3, 3}));
    EXPECT_DOUBLE_EQ(sides[0].length_s, 12.0 * 60.0);
    // 4 + 2 are 12 and 9, 3 + 3 are 9 and 12: the first side is the longer one.
    auto const tied = split_sides(album_of(6), minutes({3, 3, 3, 3, 8, 1}), format);
    EXPECT_EQ(counts(tied), (std::vector<std::size_t>{4, 2}));
}

TEST(SplitSides, TakesAnotherRecordWhereTwoSidesAreTooLong) {
    auto const& format = side_format_named("12in-33"); // holds 19.5 min well
    auto const fits = split_sides(album_of(4), minutes({9, 10, 9, 10}), format);
    EXPECT_EQ(counts(fits), (std::vector<std::size_t>{2, 2}));
    auto const long_album = split_sides(album_of(4), minutes({10, 10, 10, 10}), format);
    EXPECT_EQ(counts(long_album), (std::vector<std::size_t>{1, 1, 1, 1}));
    // The gaps count as well: 9.5 + 9.5 is 19, and 20 with a minute between them.
    EXPECT_EQ(split_sides(album_of(4), minutes({9.5, 9.5, 9.5, 9.5}), format).size(), 2U);
    EXPECT_EQ(split_sides(album_of(4, 60.0), minutes({9.5, 9.5, 9.5, 9.5}), format).size(), 4U);
}

TEST(SplitSides, GivesALongSongASideOfItsOwn) {
    auto const& format = side_format_named("12in-33");
    EXPECT_EQ(
        counts(split_sides(album_of(2), minutes({30, 2}), format)), (std::vector<std::size_t>{1, 1})
    );
    EXPECT_EQ(
        counts(split_sides(album_of(1), minutes({3}), format)), (std::vector<std::size_t>{1})
    );
    auto const three = split_sides(album_of(3), minutes({25, 12, 12}), format);
    EXPECT_EQ(counts(three), (std::vector<std::size_t>{1, 1, 1}));
}

TEST(SplitSides, DoesAsAlbumTomlSays) {
    auto album = album_of(3, 2.0);
    album.songs[0].side = 1;
    album.songs[1].side = 2;
    album.songs[2].side = 2;
    auto const sides = split_sides(album, minutes({1, 2, 3}), side_format_named("12in-33"));
    ASSERT_EQ(sides.size(), 2U);
    EXPECT_EQ(sides[0], (Side{.first = 0, .count = 1, .length_s = 60.0}));
    EXPECT_EQ(sides[1], (Side{.first = 1, .count = 2, .length_s = 302.0}));
}

} // namespace

} // namespace stemlathe::test
