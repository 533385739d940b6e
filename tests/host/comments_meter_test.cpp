#include "host/comments/moment_meter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace stemlathe::test {

namespace {

/// One auditory filter in each named band; 1000 and 3000 Hz are what esses are measured against.
std::vector<double> const kBands_hz{50.0, 250.0, 1000.0, 3000.0, 7000.0, 12'000.0};
constexpr double kHop_s = 0.01;
constexpr std::int64_t kHops_s = 100;

/// Levels are kept as float, of a size of some tens of dB.
constexpr double kFloat_db = 2e-5;

/// Excitation power of a stem in a band at a hop; 0 everywhere is a stem that does not play.
using Song = std::function<double(std::int64_t hop, std::size_t stem, std::size_t band)>;

/// Nothing was measured: far from every expectation.
constexpr double kNone = 1e9;

double db(double ratio) {
    return 10.0 * std::log10(ratio);
}

/// A stem of power 1 at 1000 Hz, louder from one hop to another.
Song louder(double power, std::int64_t from, std::int64_t to) {
    return [=](std::int64_t hop, std::size_t, std::size_t band) {
        return band == 2 ? (hop >= from && hop < to ? power : 1.0) : 0.0;
    };
}

std::vector<Stem> two_stems() {
    return {
        {.file = "03_Vocals.wav", .role = Role::vocals},
        {.file = "01_Drums.wav", .role = Role::drums}};
}

class MeasuredMoment : public ::testing::Test {
  protected:
    /// Every second stem is heard on the right ear only, the others more on the left.
    void fill(std::vector<float>& values, std::int64_t first, std::int64_t hops) const {
        auto const bands = kBands_hz.size();
        values.assign(static_cast<std::size_t>(hops) * stems.size() * kMaskingFields * bands, 0.0F);
        auto at = values.begin();
        for (std::int64_t hop = 0; hop < hops; ++hop) {
            for (std::size_t stem = 0; stem < stems.size(); ++stem) {
                bool plays = false;
                for (std::size_t band = 0; band < bands; ++band) {
                    auto const power = static_cast<float>(song(first + hop, stem, band));
                    auto const place = at + static_cast<std::ptrdiff_t>(band);
                    *place = stem % 2 == 0 ? power : 0.0F;
                    *(place + static_cast<std::ptrdiff_t>(bands)) =
                        stem % 2 == 0 ? power / 3.0F : power;
                    plays = plays || power > 0.0F;
                }
                auto const field = static_cast<std::ptrdiff_t>(bands) *
                                   static_cast<std::ptrdiff_t>(MaskingField::importance);
                *(at + field) = plays ? 1.0F : 0.0F;
                at += static_cast<std::ptrdiff_t>(kMaskingFields * std::ssize(kBands_hz));
            }
        }
    }

    /// Passes the song by in pieces and gives the readings.
    [[nodiscard]] std::vector<CommentReading>
    measure(std::vector<Comment> comments, std::int64_t hops, std::int64_t piece = 1000) const {
        MomentMeter meter{
            {.comments = std::move(comments),
             .stems = stems,
             .bands_hz = kBands_hz,
             .hop_s = kHop_s,
             .start_s = start_s}};
        std::vector<float> values;
        for (std::int64_t at = 0; at < hops; at += piece) {
            auto const count = std::min(piece, hops - at);
            fill(values, at, count);
            meter.take(
                {.values = values.data(),
                 .hops = count,
                 .stems = std::ssize(stems),
                 .bands = std::ssize(kBands_hz),
                 .position = at}
            );
        }
        return meter.finish();
    }

    [[nodiscard]] CommentMeasurements
    measure_one(Comment const& comment, std::int64_t hops = 20 * kHops_s) const {
        return measure({comment}, hops).at(0).measurements;
    }

    std::vector<Stem> stems{{.file = "03_Vocals.wav", .role = Role::vocals}};
    Song song = louder(4.0, 1000, 1100);
    double start_s = 0.0;
};

TEST(MeasuredStretch, IsWhatTheTimeMeans) {
    auto const of = [](double start_s, double end_s) {
        auto const stretch = measured_stretch({.start_s = start_s, .end_s = end_s});
        return std::pair{stretch.from_s, stretch.to_s};
    };
    EXPECT_EQ(of(47.5, 47.5), (std::pair{47.0, 48.0}));
    EXPECT_EQ(of(47.0, 47.0), (std::pair{46.7, 48.3})) << "0:47 lasts until 0:48";
    EXPECT_EQ(of(62.0, 78.0), (std::pair{61.7, 78.3}));
    EXPECT_EQ(of(62.25, 78.25), (std::pair{62.0, 78.5}));
    EXPECT_EQ(of(0.0, 0.0), (std::pair{0.0, 1.3}));
}

TEST_F(MeasuredMoment, HoldsTheMomentAgainstTheMedian) {
    auto const measured = measure_one({.start_s = 10.5, .end_s = 10.5});
    EXPECT_EQ(measured.from_s, 10.0);
    EXPECT_EQ(measured.to_s, 11.0);
    ASSERT_EQ(measured.stem_levels.size(), 1U);
    EXPECT_EQ(measured.stem_levels[0].stem, "03_Vocals.wav");
    EXPECT_NEAR(measured.stem_levels[0].against_median_db.value_or(kNone), db(4.0), kFloat_db);
}

TEST_F(MeasuredMoment, TakesMeanPowersOverTheStretch) {
    // 16 slots of 100 ms, 10 of them four times as strong.
    auto const second = measure_one({.start_s = 10.0, .end_s = 10.0});
    EXPECT_NEAR(
        second.stem_levels[0].against_median_db.value_or(kNone),
        db((10 * 4.0 + 6.0) / 16.0),
        kFloat_db
    );
    // 46 slots, 10 of them stronger.
    auto const range = measure_one({.start_s = 8.0, .end_s = 12.0});
    EXPECT_NEAR(
        range.stem_levels[0].against_median_db.value_or(kNone),
        db((10 * 4.0 + 36.0) / 46.0),
        kFloat_db
    );
}

TEST_F(MeasuredMoment, HearsTheLouderEar) {
    stems = two_stems();
    song = [](std::int64_t, std::size_t stem, std::size_t band) {
        return stem == band ? 2.0 : 0.0; // the drums on the right only
    };
    auto const measured = measure_one({.start_s = 10.5, .end_s = 10.5});
    EXPECT_NEAR(measured.stem_levels.at(1).against_median_db.value_or(kNone), 0.0, kFloat_db);
}

TEST_F(MeasuredMoment, CountsSecondsInWhichTheStemPlays) {
    // Plays 4 s of 20, a fade 30 dB below for 8 s, nothing for 8 s: usual is what it does in the 4.
    song = [](std::int64_t hop, std::size_t, std::size_t band) {
        return band != 2 ? 0.0 : hop < 400 ? 1.0 : hop < 1200 ? 1e-3 : 0.0;
    };
    EXPECT_NEAR(
        measure_one({.start_s = 2.5, .end_s = 2.5})
            .stem_levels[0]
            .against_median_db.value_or(kNone),
        0.0,
        kFloat_db
    );
    EXPECT_NEAR(
        measure_one({.start_s = 8.5, .end_s = 8.5})
            .stem_levels[0]
            .against_median_db.value_or(kNone),
        -30.0,
        kFloat_db
    );
    EXPECT_TRUE(measure_one({.start_s = 8.5, .end_s = 8.5}).band_excess.empty()) << "a tail";
    auto const silent = measure_one({.start_s = 15.5, .end_s = 15.5});
    EXPECT_FALSE(silent.stem_levels.at(0).against_median_db);
    EXPECT_TRUE(silent.band_excess.empty());
    EXPECT_FALSE(silent.sibilance_db);
}

TEST_F(MeasuredMoment, SaysHowFarEachBandSticksOut) {
    song = [](std::int64_t hop, std::size_t, std::size_t band) {
        return band == 3 && hop >= 1000 && hop < 1100 ? 4.0 : 1.0; // 3 kHz
    };
    auto const measured = measure_one({.start_s = 10.5, .end_s = 10.5});
    ASSERT_EQ(measured.band_excess.size(), kNamedBandCount);
    // Usually 1 of 6; there 4 of 9 and 1 of 9.
    EXPECT_EQ(measured.band_excess[0].band, "presence");
    EXPECT_EQ(measured.band_excess[0].low_hz, 2000.0);
    EXPECT_EQ(measured.band_excess[0].high_hz, 5000.0);
    EXPECT_NEAR(measured.band_excess[0].excess_db, db((4.0 / 9.0) / (1.0 / 6.0)), kFloat_db);
    EXPECT_NEAR(measured.band_excess[0].over_stem_db, db(4.0 / 9.0), kFloat_db);
    EXPECT_DOUBLE_EQ(measured.band_excess[0].share, 1.0);
    EXPECT_EQ(measured.band_excess[1].band, "low") << "equal ones stay in order";
    EXPECT_NEAR(measured.band_excess[1].excess_db, db((1.0 / 9.0) / (1.0 / 6.0)), kFloat_db);
}

/// A voice of 1 at 1 and 3 kHz, an ess of 100 ms in every second; a stronger one at 10.4 s.
double voice(std::int64_t hop, std::size_t band, double strong) {
    auto const in_second = hop % kHops_s;
    bool const is_ess = in_second >= 40 && in_second < 50;
    if (band == 4) {
        return is_ess ? (hop / kHops_s == 10 ? strong : 1.0) : 0.01;
    }
    return band == 2 || band == 3 ? 1.0 : 0.0;
}

TEST_F(MeasuredMoment, FindsTheEssThatSticksOut) {
    song = [](std::int64_t hop, std::size_t, std::size_t band) {
        return voice(hop, band, 4.0);
    };
    auto const loud = measure_one({.start_s = 10.5, .end_s = 10.5});
    EXPECT_NEAR(loud.sibilance_db.value_or(kNone), db(4.0), kFloat_db);
    EXPECT_EQ(loud.sibilance_stem, "03_Vocals.wav");
    EXPECT_EQ(loud.sibilant_from_s, 10.4);
    EXPECT_EQ(loud.sibilant_to_s, 10.5);
    auto const usual = measure_one({.start_s = 5.5, .end_s = 5.5});
    EXPECT_NEAR(usual.sibilance_db.value_or(kNone), 0.0, kFloat_db);
    EXPECT_FALSE(usual.sibilant_from_s);
}

TEST_F(MeasuredMoment, HoldsTheEssAgainstTheVoiceBesideIt) {
    // The voice ends behind the ess: less of it is no louder ess.
    song = [](std::int64_t hop, std::size_t, std::size_t band) {
        return hop > 1050 ? 0.0 : voice(hop, band, 1.0);
    };
    EXPECT_NEAR(
        measure_one({.start_s = 10.5, .end_s = 10.5}).sibilance_db.value_or(kNone), 0.0, kFloat_db
    );
}

TEST_F(MeasuredMoment, MarksEssesFromTwoDecibelsOn) {
    auto const sticks_out = [&](double strong) {
        song = [=](std::int64_t hop, std::size_t, std::size_t band) {
            return voice(hop, band, strong);
        };
        return measure_one({.start_s = 10.5, .end_s = 10.5}).sibilant_from_s.has_value();
    };
    EXPECT_FALSE(sticks_out(std::pow(10.0, 0.199)));
    EXPECT_TRUE(sticks_out(std::pow(10.0, 0.201)));
}

TEST_F(MeasuredMoment, WeighsTheSecondsOfARangeByTheirPower) {
    song = [](std::int64_t hop, std::size_t, std::size_t band) {
        return voice(hop, band, 4.0);
    };
    // 9.7 to 12.7 s: seconds from 9.7, 10.7 and 11.7 on, the first with the strong ess.
    auto const measured = measure_one({.start_s = 10.0, .end_s = 12.4});
    EXPECT_EQ(measured.from_s, 9.7);
    EXPECT_EQ(measured.to_s, 12.7);
    double const quiet = 2.0 + 0.1 * 1.0 + 0.9 * 0.01;
    double const strong = 2.0 + 0.1 * 4.0 + 0.9 * 0.01;
    EXPECT_NEAR(
        measured.sibilance_db.value_or(kNone), db(4.0) * strong / (strong + 2.0 * quiet), kFloat_db
    );
    EXPECT_FALSE(measured.sibilant_from_s) << "a range is what it says";
}

TEST_F(MeasuredMoment, LooksAtTheStemThatIsMeantOrAtAll) {
    stems = two_stems();
    song = [](std::int64_t hop, std::size_t stem, std::size_t band) {
        bool const now = hop >= 1000 && hop < 1100;
        return now && stem == 1 && band >= 3 ? 10.0 : 1.0; // bright drums
    };
    auto const all = measure_one({.start_s = 10.5, .end_s = 10.5});
    EXPECT_EQ(all.stem_levels.size(), 2U);
    EXPECT_EQ(all.band_excess.size(), 2 * kNamedBandCount);
    EXPECT_EQ(all.band_excess[0].stem, "01_Drums.wav");
    EXPECT_DOUBLE_EQ(all.band_excess[0].share, 10.0 / 11.0);
    EXPECT_TRUE(
        std::ranges::is_sorted(all.band_excess, std::ranges::greater{}, &BandAtMoment::excess_db)
    );
    EXPECT_EQ(all.sibilance_stem, "03_Vocals.wav") << "esses are a voice's unless said otherwise";

    Comment drums{.start_s = 10.5, .end_s = 10.5, .stem = "01_Drums.wav"};
    auto const named = measure_one(drums);
    EXPECT_EQ(named.stem_levels.size(), 2U);
    EXPECT_EQ(named.band_excess.size(), kNamedBandCount);
    EXPECT_EQ(named.sibilance_stem, "01_Drums.wav");
    drums.stem = "gone.wav";
    EXPECT_EQ(measure_one(drums).band_excess.size(), 2 * kNamedBandCount);
}

TEST_F(MeasuredMoment, DoesNotCareHowTheSongIsCut) {
    stems = two_stems();
    song = [](std::int64_t hop, std::size_t stem, std::size_t band) {
        return 1.0 + static_cast<double>((hop * 7 + static_cast<std::int64_t>(stem + band)) % 13);
    };
    std::vector<Comment> const comments{
        {.start_s = 3.3, .end_s = 3.3}, {.start_s = 1.0, .end_s = 6.0}, {.anchored = false}};
    auto const whole = measure(comments, 877, 877);
    for (std::int64_t const piece : {1, 7, 100}) {
        auto const cut = measure(comments, 877, piece);
        for (std::size_t i = 0; i < comments.size(); ++i) {
            auto const& a = whole[i].measurements;
            auto const& b = cut[i].measurements;
            ASSERT_EQ(a.band_excess.size(), b.band_excess.size());
            EXPECT_EQ(a.sibilance_db, b.sibilance_db);
            for (std::size_t k = 0; k < a.band_excess.size(); ++k) {
                EXPECT_EQ(a.band_excess[k].excess_db, b.band_excess[k].excess_db);
            }
            for (std::size_t k = 0; k < a.stem_levels.size(); ++k) {
                EXPECT_EQ(a.stem_levels[k].against_median_db, b.stem_levels[k].against_median_db);
            }
        }
    }
}

TEST_F(MeasuredMoment, CountsInTimeOfTheSongInAPreview) {
    start_s = 30.0;
    auto const measured = measure_one({.start_s = 40.5, .end_s = 40.5});
    EXPECT_EQ(measured.from_s, 40.0);
    EXPECT_NEAR(measured.stem_levels[0].against_median_db.value_or(kNone), db(4.0), kFloat_db);
    EXPECT_TRUE(measure_one({.start_s = 10.5, .end_s = 10.5}).stem_levels.empty());
}

TEST_F(MeasuredMoment, LeavesRemarksWithoutAMomentAlone) {
    auto const whole_song = measure_one({.anchored = false});
    EXPECT_TRUE(whole_song.stem_levels.empty());
    EXPECT_EQ(whole_song.to_s, 0.0);
    EXPECT_TRUE(measure_one({.start_s = 99.0, .end_s = 99.0}).stem_levels.empty());
    auto const at_the_end = measure_one({.start_s = 19.5, .end_s = 30.0});
    EXPECT_EQ(at_the_end.from_s, 19.2);
    EXPECT_EQ(at_the_end.to_s, 20.0);
}

TEST_F(MeasuredMoment, MeasuresSongsOfAnyLength) {
    EXPECT_TRUE(measure_one({}, 0).stem_levels.empty());
    for (std::int64_t const hops : {1, 9, 10, 11, 99, 100, 149, 150, 151}) {
        auto const measured = measure_one({}, hops);
        ASSERT_EQ(measured.stem_levels.size(), 1U) << hops;
        EXPECT_NEAR(measured.stem_levels[0].against_median_db.value_or(kNone), 0.0, kFloat_db)
            << hops;
    }
}

} // namespace

} // namespace stemlathe::test
