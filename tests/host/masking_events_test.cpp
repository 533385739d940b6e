#include "tests/host/masked_hops.hpp"
#include "tests/support/signals.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace stemlathe::test {

namespace {

/// Sums of some thousand float32 products of numbers of one order.
constexpr double kFloatSum = 1e-4;

constexpr std::size_t kEventBands = 32;
constexpr BandRange kVoice{.low = 12, .high = 19};
constexpr float kWeight = 0.125F; // of each of its bands
constexpr float kShare = 0.75F;
constexpr double kPriority = 0.5;
constexpr double kTarget_db = 6.0; // cells are covered from 4 dB down, up to 7 dB

class MaskingEvents : public ::testing::Test {
  protected:
    /// A voice that sounds only in these hops, at this margin under one masker.
    static void cover(MaskedHops& song, HopRange hops, float margin_db = 1.0F) {
        Cells const cells{.hops = hops, .bands = kVoice};
        song.set_importance(0, cells, kWeight);
        song.set_margin(0, cells, margin_db);
        song.set_masker(1, cells, masker_with_share(kShare));
    }

    static MaskedHops song_of(std::vector<HopRange> const& covered) {
        MaskedHops song{2, kEventBands, covered.back().last + 50};
        for (auto const& hops : covered) {
            cover(song, hops);
        }
        return song;
    }

    static std::vector<MaskingEvent> events(MaskedHops& song) {
        return events(song, song.hops());
    }

    static std::vector<MaskingEvent> events(MaskedHops& song, std::int64_t view_hops) {
        std::vector<MaskingGoal> goals(song.stems(), goal_everywhere(0.1, 0.0));
        goals[0] = goal_everywhere(kPriority, kTarget_db);
        return events_of(song, goals, song.all_play(), view_hops);
    }

    static std::vector<MaskingEvent> events(std::vector<HopRange> const& covered) {
        auto song = song_of(covered);
        return events(song);
    }

    /// Strokes of `hops` each, one every 600 ms.
    static std::vector<HopRange> strokes(int count, std::int64_t hops) {
        std::vector<HopRange> out;
        out.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            out.push_back({.first = 100 + 60 * i, .last = 100 + 60 * i + hops - 1});
        }
        return out;
    }
};

TEST_F(MaskingEvents, ABlockOfCoveredCellsIsOneEventWithItsExactFigures) {
    auto const found = events({{.first = 100, .last = 199}});
    ASSERT_EQ(found.size(), 1U);
    auto const& event = found.front();
    EXPECT_EQ(event.pair, (StemPair{.masked = 0, .masker = 1}));
    ASSERT_EQ(event.ranges.size(), 1U);
    EXPECT_EQ(event.first(), 100);
    EXPECT_EQ(event.last(), 199);
    EXPECT_EQ(event.hops, 100);
    EXPECT_EQ(event.lasting_hops(), 100);
    EXPECT_EQ(event.occurrences, 1);
    double const weight = 100 * 8 * 0.125;
    EXPECT_NEAR(event.weight, weight, kFloatSum * weight);
    EXPECT_NEAR(event.mass, weight * (kTarget_db - 1.0), kFloatSum * event.mass);
    EXPECT_NEAR(event.cost, kPriority * event.mass, kFloatSum * event.cost);
    ASSERT_EQ(event.share.size(), 2U);
    EXPECT_EQ(event.share[0], 0.0);
    EXPECT_NEAR(event.share[1], 0.75 * weight, kFloatSum * weight);
    EXPECT_NEAR(event.worst_margin_db, 1.0, kFloatSum);
    auto const bands = main_bands(event);
    EXPECT_EQ(bands.low, kVoice.low);
    EXPECT_EQ(bands.high, kVoice.high);
    EXPECT_NEAR(mean_margin_db(event, bands), 1.0, kFloatSum);
    // T = 1 / (1 - share) = 4, in each of 100 hops
    EXPECT_NEAR(event.bands[15].threshold, 400.0, kFloatSum * 400.0);
    EXPECT_NEAR(event.bands[15].masker, 300.0, kFloatSum * 300.0);
    EXPECT_NEAR(event.bands[15].masked, 400.0 * std::pow(10.0, 0.1), kFloatSum * 500.0);
    EXPECT_EQ(event.bands[11].mass, 0.0F);
    EXPECT_EQ(event.bands[20].mass, 0.0F);
}

TEST_F(MaskingEvents, NothingIsFoundWhereNothingIsCovered) {
    MaskedHops song{2, kEventBands, 300};
    EXPECT_TRUE(events(song).empty());
    cover(song, {.first = 50, .last = 249}, 4.0F); // at the limit, not under it
    EXPECT_TRUE(events(song).empty());
}

TEST_F(MaskingEvents, AMaskerOfLessThanThreeTenthsOfTheThresholdTakesNoPart) {
    auto song = song_of({{.first = 100, .last = 199}});
    song.set_masker(1, song.everywhere(), masker_with_share(0.29F));
    EXPECT_TRUE(events(song).empty());
    song.set_masker(1, song.everywhere(), masker_with_share(0.31F));
    EXPECT_EQ(events(song).size(), 1U);
}

TEST_F(MaskingEvents, CellsConnectOverTwoTenthsOfASecondAndNoFurther) {
    auto const near = events({{.first = 100, .last = 149}, {.first = 169, .last = 199}});
    ASSERT_EQ(near.size(), 1U);
    EXPECT_EQ(near.front().ranges.size(), 1U);
    EXPECT_EQ(near.front().occurrences, 1);
    EXPECT_EQ(near.front().hops, 50 + 31);
    EXPECT_EQ(near.front().lasting_hops(), 100);
    auto const far = events({{.first = 100, .last = 149}, {.first = 171, .last = 199}});
    ASSERT_EQ(far.size(), 1U); // a chain of two
    EXPECT_EQ(far.front().ranges.size(), 2U);
    EXPECT_EQ(far.front().occurrences, 2);
    EXPECT_EQ(far.front().lasting_hops(), 50 + 29);
}

TEST_F(MaskingEvents, AMarginThatRisesToLessThanSevenDecibelsIsStillCovered) {
    for (float const risen_db : {6.9F, 7.1F}) {
        auto song = song_of({{.first = 100, .last = 199}});
        // 60 ms: what lies about it, remembered for 100 ms, stays low for e^-0.6 = 55 %.
        song.set_margin(0, {.hops = {.first = 140, .last = 145}, .bands = kVoice}, risen_db);
        auto const found = events(song);
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found.front().ranges.size(), 1U);
        EXPECT_EQ(found.front().hops, risen_db < 7.0F ? 100 : 94) << risen_db;
    }
}

TEST_F(MaskingEvents, WhatHoversAllAboutIsLetGoAfterATenthOfASecond) {
    auto song = song_of({{.first = 100, .last = 299}});
    song.set_margin(0, {.hops = {.first = 200, .last = 299}, .bands = kVoice}, 6.9F);
    auto const found = events(song);
    ASSERT_EQ(found.size(), 1U);
    // The memory of 100 ms has a third of it low for as long as e^(-n / 10) >= 0.33: 11 hops.
    EXPECT_EQ(found.front().last(), 210);
}

TEST_F(MaskingEvents, ANarrowDipAmongClearNeighboursIsNoEvent) {
    // Of a dip of n bands n - 4 are low: within one Cam of the others a clear filter hears them.
    for (std::size_t const width : {5U, 7U, 9U}) {
        MaskedHops song{2, kEventBands, 300};
        song.set_importance(0, song.everywhere(), 1.0F / kEventBands);
        song.set_margin(0, song.everywhere(), 12.0F);
        song.set_masker(1, song.everywhere(), masker_with_share(kShare));
        auto const half = width / 2;
        song.set_margin(
            0,
            {.hops = {.first = 100, .last = 250}, .bands = {.low = 15 - half, .high = 15 + half}},
            -5.0F
        );
        // Seven bands are about a cell: one and three of them are no half, five are.
        EXPECT_EQ(events(song).size(), width == 9 ? 1U : 0U) << width;
    }
}

TEST_F(MaskingEvents, TwoMaskersGiveAnEventEachThatNamesBoth) {
    MaskedHops song{3, kEventBands, 300};
    cover(song, {.first = 100, .last = 199});
    Cells const cells{.hops = {.first = 100, .last = 199}, .bands = kVoice};
    song.set_masker(1, cells, 5.0F); // of 10 in all, with the quiet
    song.set_masker(2, cells, 4.0F);
    auto found = events(song);
    ASSERT_EQ(found.size(), 2U);
    std::ranges::sort(found, {}, &MaskingEvent::pair);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(found[i].pair, (StemPair{.masked = 0, .masker = i + 1}));
        EXPECT_NEAR(found[i].share[1] / found[i].weight, 0.5, kFloatSum);
        EXPECT_NEAR(found[i].share[2] / found[i].weight, 0.4, kFloatSum);
    }
}

TEST_F(MaskingEvents, WhatGrowsTogetherIsOneEvent) {
    MaskedHops song{2, kEventBands, 300};
    auto const set = [&](HopRange hops, BandRange bands) {
        Cells const cells{.hops = hops, .bands = bands};
        song.set_importance(0, cells, kWeight);
        song.set_margin(0, cells, 1.0F);
    };
    song.set_masker(1, song.everywhere(), masker_with_share(kShare));
    // The upper one is the elder; what joins them comes last.
    set({.first = 100, .last = 199}, {.low = 4, .high = 7});
    set({.first = 80, .last = 199}, {.low = 12, .high = 15});
    EXPECT_EQ(events(song).size(), 2U);
    set({.first = 150, .last = 199}, {.low = 8, .high = 11});
    auto const found = events(song);
    ASSERT_EQ(found.size(), 1U);
    auto const& event = found.front();
    EXPECT_EQ(event.first(), 80);
    EXPECT_EQ(event.last(), 199);
    EXPECT_EQ(event.hops, 120);
    EXPECT_EQ(event.occurrences, 1);
    double const weight = 0.125 * (4 * 100 + 4 * 120 + 4 * 50);
    EXPECT_NEAR(event.weight, weight, kFloatSum * weight);
    EXPECT_NEAR(event.mass, weight * (kTarget_db - 1.0), kFloatSum * event.mass);
    EXPECT_NEAR(event.share[1], 0.75 * weight, kFloatSum * weight);
    double mass = 0.0;
    double heard = 0.0;
    for (auto const& band : event.bands) {
        mass += static_cast<double>(band.mass);
        heard += static_cast<double>(band.weight);
    }
    EXPECT_NEAR(mass, event.mass, kFloatSum * mass);
    EXPECT_NEAR(heard, weight, kFloatSum * weight); // all that was heard was covered
    EXPECT_NEAR(event.bands[5].threshold, 4.0 * 120, kFloatSum * 480);
}

TEST_F(MaskingEvents, WhatIsUnderATenthOfASecondCountsOnlyWhenFourCome) {
    EXPECT_TRUE(events(strokes(1, 9)).empty());
    EXPECT_EQ(events(strokes(1, 10)).size(), 1U);
    EXPECT_TRUE(events(strokes(3, 9)).empty());
    auto const four = events(strokes(4, 9));
    ASSERT_EQ(four.size(), 1U);
    EXPECT_EQ(four.front().occurrences, 4);
}

TEST_F(MaskingEvents, ATrainOfStrokesIsOneRecurringEvent) {
    auto const found = events(strokes(10, 15));
    ASSERT_EQ(found.size(), 1U);
    auto const& event = found.front();
    EXPECT_EQ(event.occurrences, 10);
    EXPECT_EQ(event.ranges.size(), 10U);
    EXPECT_EQ(event.first(), 100);
    EXPECT_EQ(event.last(), 100 + 9 * 60 + 14);
    EXPECT_EQ(event.lasting_hops(), 150);
    EXPECT_TRUE(is_recurring(event));
    auto const three = events(strokes(3, 15));
    ASSERT_EQ(three.size(), 1U);
    EXPECT_FALSE(is_recurring(three.front()));
}

TEST_F(MaskingEvents, AStemThatDoesNotPlayIsNotCovered) {
    auto song = song_of({{.first = 100, .last = 199}});
    std::vector<MaskingGoal> const goals(2, goal_everywhere(1.0, 6.0));
    std::vector<StemReading> stems(2, {.level_lufs = std::vector<float>(30, -20.0F)});
    // It falls silent 1.5 s into the song.
    std::fill(stems[0].level_lufs.begin() + 15, stems[0].level_lufs.end(), -80.0F);
    auto const found = events_of(song, goals, {stems, goals}, song.hops());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().last(), 149);
    std::ranges::fill(stems[0].level_lufs, -80.0F);
    EXPECT_TRUE(events_of(song, goals, {stems, goals}, song.hops()).empty());
}

TEST_F(MaskingEvents, AnEventBeginsWithItsFirstLowHop) {
    auto song = song_of({{.first = 0, .last = 199}});
    song.set_margin(0, {.hops = {.first = 0, .last = 99}, .bands = kVoice}, 12.0F);
    auto const found = events(song);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().first(), 100);
    EXPECT_EQ(found.front().last(), 199);
    // Half of the last 100 ms is low once 1 - e^(-n / 10) >= 0.5: with the seventh hop.
    EXPECT_EQ(found.front().hops, 100 - 6);
}

/// A song in which many things come and go.
MaskedHops busy_song() {
    MaskedHops song{3, kEventBands, 1500};
    auto next = [counter = std::uint64_t{0}]() mutable {
        return static_cast<float>(uniform(1, counter++));
    };
    for (std::size_t stem = 0; stem < 3; ++stem) {
        for (std::int64_t hop = 0; hop < song.hops(); hop += 15) {
            for (std::size_t b = 0; b < kEventBands; b += 8) {
                Cells const cells{
                    .hops = {.first = hop, .last = hop + 14}, .bands = {.low = b, .high = b + 7}};
                song.set_importance(stem, cells, next() < 0.8F ? 0.03F : 0.0F);
                song.set_margin(stem, cells, 24.0F * next() - 10.0F);
                song.set_masker(stem, cells, 4.0F * next());
            }
        }
    }
    return song;
}

TEST_F(MaskingEvents, AreTheSameHoweverTheHopsAreCutIntoViews) {
    auto song = busy_song();
    auto const whole = events(song);
    ASSERT_GT(whole.size(), 5U);
    for (std::int64_t const view_hops : {1, 7, 64, 1000}) {
        auto const cut = events(song, view_hops);
        ASSERT_EQ(cut.size(), whole.size()) << view_hops;
        for (std::size_t i = 0; i < cut.size(); ++i) {
            EXPECT_EQ(cut[i].pair, whole[i].pair);
            EXPECT_EQ(cut[i].first(), whole[i].first());
            EXPECT_EQ(cut[i].last(), whole[i].last());
            EXPECT_EQ(cut[i].ranges.size(), whole[i].ranges.size());
            EXPECT_EQ(cut[i].hops, whole[i].hops);
            EXPECT_EQ(cut[i].cost, whole[i].cost);
            EXPECT_EQ(cut[i].share, whole[i].share);
            EXPECT_EQ(cut[i].worst_margin_db, whole[i].worst_margin_db);
        }
    }
}

TEST_F(MaskingEvents, ComeInOrderOfTheirCost) {
    auto song = busy_song();
    EXPECT_TRUE(std::ranges::is_sorted(events(song), std::ranges::greater{}, &MaskingEvent::cost));
}

} // namespace

} // namespace stemlathe::test
