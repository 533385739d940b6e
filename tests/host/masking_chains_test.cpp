#include "host/masking/event_chains.hpp"
#include "host/masking/watch.hpp"
#include "tests/host/masked_hops.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

constexpr std::size_t kChainBands = 24;

/// A stretch that covers a pair's bands evenly.
MaskingEvent stretch(HopRange hops, BandRange bands = {.low = 4, .high = 11}, double cost = 1.0) {
    MaskingEvent event{
        .pair = {.masked = 0, .masker = 1},
        .ranges = {hops},
        .hops = hops.count(),
        .cost = cost,
        .share = {0.0, 0.5},
        .bands = std::vector<EventBand>(kChainBands)};
    for (auto b = bands.low; b <= bands.high; ++b) {
        event.bands[b].mass = 1.0F;
    }
    return event;
}

std::vector<MaskingEvent> chained(std::vector<MaskingEvent> stretches) {
    EventChains chains{kTestHop_s};
    for (auto& event : stretches) {
        auto const last = event.last();
        chains.add(std::move(event));
        chains.advance(last, {});
    }
    return chains.finish();
}

std::size_t chains_of(HopRange first, HopRange second) {
    return chained({stretch(first), stretch(second)}).size();
}

TEST(MaskingChains, PhrasesJoinOverPausesNoLongerThanTheShorterOfThem) {
    EXPECT_EQ(chains_of({.first = 0, .last = 399}, {.first = 549, .last = 698}), 1U);
    EXPECT_EQ(chains_of({.first = 0, .last = 399}, {.first = 550, .last = 699}), 2U);
}

TEST(MaskingChains, PhrasesJoinOverTwoSecondsAtMost) {
    EXPECT_EQ(chains_of({.first = 0, .last = 399}, {.first = 599, .last = 999}), 1U);
    EXPECT_EQ(chains_of({.first = 0, .last = 399}, {.first = 600, .last = 1000}), 2U);
}

TEST(MaskingChains, ShortMomentsJoinOverThreeSecondsAtMost) {
    EXPECT_EQ(chains_of({.first = 0, .last = 19}, {.first = 319, .last = 338}), 1U);
    EXPECT_EQ(chains_of({.first = 0, .last = 19}, {.first = 320, .last = 339}), 2U);
}

TEST(MaskingChains, OnlyWhatSharesHalfOfTheNarrowersBandsJoins) {
    HopRange const first{.first = 0, .last = 19};
    HopRange const second{.first = 60, .last = 79};
    auto const with = [&](BandRange bands) {
        return chained({stretch(first, {.low = 4, .high = 11}), stretch(second, bands)}).size();
    };
    EXPECT_EQ(with({.low = 8, .high = 15}), 1U);  // four of eight
    EXPECT_EQ(with({.low = 9, .high = 16}), 2U);  // three of eight
    EXPECT_EQ(with({.low = 12, .high = 19}), 2U); // none
}

TEST(MaskingChains, PairsStayApart) {
    auto other = stretch({.first = 30, .last = 49});
    other.pair = {.masked = 1, .masker = 0};
    EXPECT_EQ(chained({stretch({.first = 0, .last = 19}), std::move(other)}).size(), 2U);
}

TEST(MaskingChains, AChainAddsUpWhatItsStretchesHave) {
    auto second = stretch({.first = 60, .last = 99});
    second.worst_margin_db = -7.0F;
    auto const found = chained({stretch({.first = 0, .last = 19}), std::move(second)});
    ASSERT_EQ(found.size(), 1U);
    auto const& chain = found.front();
    EXPECT_EQ(chain.occurrences, 2);
    EXPECT_EQ(chain.hops, 60);
    EXPECT_EQ(chain.lasting_hops(), 60);
    EXPECT_EQ(chain.cost, 2.0);
    EXPECT_EQ(chain.worst_margin_db, -7.0F);
    EXPECT_EQ(chain.share, (std::vector<double>{0.0, 1.0}));
    EXPECT_EQ(chain.bands[4].mass, 2.0F);
}

TEST(MaskingChains, AnEventHasAtMost512RangesOfWhichTheNearestGrowTogether) {
    auto chain = stretch({.first = 0, .last = 9});
    for (std::int64_t i = 1; i < 520; ++i) {
        // The first pauses are the shortest.
        auto const first = 100 * i + i * i / 2;
        chain.join(stretch({.first = first, .last = first + 9}));
    }
    EXPECT_EQ(chain.ranges.size(), 512U);
    EXPECT_EQ(chain.occurrences, 520);
    EXPECT_EQ(chain.ranges.front().first, 0);
    EXPECT_GT(chain.ranges.front().last, 9);
    EXPECT_EQ(chain.ranges.back().count(), 10);
    EXPECT_TRUE(std::ranges::is_sorted(chain.ranges, {}, &HopRange::first));
}

TEST(MaskingChains, OnlyTheTwoThousandCostliestAreKept) {
    constexpr int kAll = 4'100;
    EventChains chains{kTestHop_s};
    for (int i = 0; i < kAll; ++i) {
        auto const first = std::int64_t{1000} * i;
        double const cost = (i * 1'999) % kAll; // each once, in no order
        chains.add(stretch({.first = first, .last = first + 19}, {.low = 4, .high = 11}, cost));
        chains.advance(first + 999, {});
    }
    auto const kept = chains.finish();
    ASSERT_EQ(kept.size(), 2'000U);
    for (std::size_t i = 0; i < kept.size(); ++i) {
        EXPECT_EQ(kept[i].cost, static_cast<double>(kAll - 1) - static_cast<double>(i));
    }
}

/// A voice under one masker in these hops, at a margin that moves.
class MaskingPhrases : public ::testing::Test {
  protected:
    static constexpr BandRange kVoice{.low = 4, .high = 11};

    static MaskedHops song_of(std::vector<HopRange> const& phrases) {
        MaskedHops song{2, kChainBands, phrases.back().last + 50};
        for (auto const& hops : phrases) {
            for (auto hop = hops.first; hop <= hops.last; ++hop) {
                Cells const cells{.hops = {.first = hop, .last = hop}, .bands = kVoice};
                song.set_importance(0, cells, 0.125F);
                song.set_margin(0, cells, -3.0F + 0.05F * static_cast<float>(hop % 50));
                song.set_masker(1, cells, 3.0F);
            }
        }
        return song;
    }

    static std::vector<MaskingEvent> events(MaskedHops& song) {
        std::vector<MaskingGoal> const goals(2, goal_everywhere(1.0, 6.0));
        return events_of(song, goals, song.all_play(), song.hops());
    }

    static std::optional<double> watched(MaskedHops& song, std::vector<MaskingEvent> const& found) {
        Watch watch{found};
        song.pass([&](StemHop const& hop) { watch.take(hop); });
        auto const margins_db = watch.margins_db();
        EXPECT_EQ(margins_db.size(), 1U);
        return margins_db.front();
    }

    static double watched_db(MaskedHops& song, std::vector<MaskingEvent> const& found) {
        return watched(song, found).value_or(kNowhere_db);
    }

    static constexpr double kNowhere_db = 1e3;
};

TEST_F(MaskingPhrases, OfAnyLengthJoin) {
    for (std::int64_t const hops : {200, 450, 1000, 2500}) {
        auto song =
            song_of({{.first = 0, .last = hops - 1}, {.first = hops + 99, .last = 2 * hops + 98}});
        auto const found = events(song);
        ASSERT_EQ(found.size(), 1U) << hops;
        EXPECT_EQ(found.front().ranges.size(), 2U) << hops;
        EXPECT_EQ(found.front().lasting_hops(), 2 * hops);
    }
}

/// The event's sums are of float32, the watch's of float64.
constexpr double kMargin_db = 1e-3;

TEST_F(MaskingPhrases, AreWatchedAsTheyWereFound) {
    auto song = song_of({{.first = 100, .last = 219}, {.first = 270, .last = 430}});
    auto const found = events(song);
    ASSERT_EQ(found.size(), 1U);
    double const said_db = mean_margin_db(found.front(), main_bands(found.front()));
    EXPECT_NEAR(watched_db(song, found), said_db, kMargin_db);
}

TEST_F(MaskingPhrases, AreWatchedAsTheyWereFoundFromTheirOnset) {
    auto song = song_of({{.first = 0, .last = 299}});
    song.set_margin(0, {.hops = {.first = 0, .last = 99}, .bands = kVoice}, 12.0F);
    // The first hops, which count once enough about them is low, are far lower than the others.
    song.set_margin(0, {.hops = {.first = 100, .last = 105}, .bands = kVoice}, -15.0F);
    auto const found = events(song);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().first(), 100);
    double const said_db = mean_margin_db(found.front(), main_bands(found.front()));
    EXPECT_NEAR(watched_db(song, found), said_db, kMargin_db);
}

TEST_F(MaskingPhrases, AreWatchedThroughPausesThatAreTheirs) {
    // 50 ms in which the voice is clear, but the event goes on.
    auto song = song_of({{.first = 100, .last = 299}});
    song.set_margin(0, {.hops = {.first = 180, .last = 184}, .bands = kVoice}, 30.0F);
    auto const found = events(song);
    ASSERT_EQ(found.size(), 1U);
    ASSERT_EQ(found.front().ranges.size(), 1U);
    double const said_db = mean_margin_db(found.front(), main_bands(found.front()));
    EXPECT_NEAR(watched_db(song, found), said_db, kMargin_db);
}

TEST_F(MaskingPhrases, HaveNoMarginWhereTheStemPlaysNoMore) {
    auto song = song_of({{.first = 100, .last = 219}});
    auto const found = events(song);
    MaskedHops silent{2, kChainBands, song.hops()};
    EXPECT_FALSE(watched(silent, found));
}

TEST_F(MaskingPhrases, RiseByWhatTheOtherAudioGives) {
    auto song = song_of({{.first = 100, .last = 219}});
    auto const found = events(song);
    double const before_db = watched_db(song, found);
    for (std::int64_t hop = 100; hop <= 219; ++hop) {
        for (auto b = kVoice.low; b <= kVoice.high; ++b) {
            song.at(hop, 0, MaskingField::margin_db, b) += 2.5F;
        }
    }
    EXPECT_NEAR(watched_db(song, found), before_db + 2.5, kMargin_db);
}

} // namespace

} // namespace stemlathe::test
