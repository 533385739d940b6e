#include "host/masking/fix_choice.hpp"
#include "host/masking/fix_forecast.hpp"
#include "tests/host/masked_hops.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace stemlathe::test {

namespace {

constexpr std::size_t kChoiceBands = 75;
constexpr BandRange kRegion{.low = 34, .high = 41};
constexpr double kFloat = 1e-4;        ///< sums of some thousand float32 products
constexpr double kHalfAStep_db = 0.26; ///< of the histograms of shortfalls

/// A voice (0) that a guitar (1) covers with a share of 0.8, and what the mix is like.
class MaskingChoice : public ::testing::Test {
  protected:
    static constexpr std::int64_t kHops = 200;
    static constexpr float kShare = 0.8F;

    MaskingChoice() {
        Cells const cells{.hops = {.first = 0, .last = kHops - 1}, .bands = kRegion};
        song_.set_importance(0, cells, 0.125F);
        song_.set_margin(0, cells, 1.0F); // of 6: it lacks 5
        song_.set_masker(1, cells, masker_with_share(kShare));
        take(song_.all_play());
        balance_.integrated_lufs = -18.0;
        balance_.stem_lufs = {-22.0, -20.0};
        balance_.peak_to_loudness_db = 12.0;
        balance_.stem_spectra = {
            std::vector<double>(kChoiceBands, 1e5), std::vector<double>(kChoiceBands, 2e5)};
        balance_.spectrum = std::vector<double>(kChoiceBands, 3e5);
    }

    void take(Activity const& activity) {
        sums_ = PairSums{goals_, bands_hz_};
        song_.pass(activity, kHops, [&](StemHop const& hop) { sums_.take(hop); });
        events_ = events_of(song_, goals_, activity, kHops);
    }

    [[nodiscard]] FixForecast forecast() const {
        return {sums_, balance_, bands_hz_, Field::diffuse};
    }

    /// A change of a stem's power by the same in all bands.
    [[nodiscard]] static Fix even(StemPair pair, double gain_db, bool is_dynamic = false) {
        Fix fix{
            .pair = pair,
            .power = std::vector<double>(kChoiceBands, std::pow(10.0, gain_db / 10.0))};
        if (is_dynamic) {
            fix.band.dynamic = DynamicKey{};
        }
        return fix;
    }

    [[nodiscard]] static Fix bell(StemPair pair, double most_db, double q = 1.0) {
        Fix fix{.pair = pair, .most_db = most_db};
        fix.band.band.hz = 1'850.0; // the middle of the region
        fix.band.band.q = q;
        return fix;
    }

    [[nodiscard]] std::vector<Fix> choose(std::vector<Fix> candidates, double share) const {
        return choose_gains(std::move(candidates), forecast(), sums_, balance_, bands_hz_, share);
    }

    std::vector<MaskingGoal> goals_{goal_everywhere(1.0, 6.0), goal_everywhere(0.4, 3.0)};
    std::vector<double> bands_hz_ = half_cams(kChoiceBands);
    MaskedHops song_{2, kChoiceBands, kHops};
    PairSums sums_{goals_, bands_hz_};
    std::vector<MaskingEvent> events_{};
    Balance balance_{};
};

constexpr StemPair kGuitar{.masked = 0, .masker = 1};
constexpr StemPair kVoice{.masked = 0, .masker = 0};

using MaskingForecast = MaskingChoice;

TEST_F(MaskingForecast, AThresholdFallsByTheMaskersShareOfTheCut) {
    double const rise_db = -10.0 * std::log10(1.0 - 0.8 * (1.0 - std::pow(10.0, -0.4)));
    std::vector<Fix> const cut{even(kGuitar, -4.0)};
    EXPECT_NEAR(forecast().change_db(cut, 0, kRegion.low), rise_db, kFloat);
    ASSERT_EQ(events_.size(), 1U);
    EXPECT_NEAR(forecast().margin_db(cut, events_.front()), 1.0 + rise_db, kFloat);
    EXPECT_NEAR(forecast().margin_db({}, events_.front()), 1.0, kFloat);
    EXPECT_NEAR(forecast().score_db({}), sums_.score_db(), kHalfAStep_db);
    EXPECT_NEAR(forecast().score_db(cut), sums_.score_db() - rise_db, kHalfAStep_db);
}

TEST_F(MaskingForecast, CutsOfOneStemMultiply) {
    std::vector<Fix> const twice{even(kGuitar, -2.0), even(kGuitar, -2.0)};
    std::vector<Fix> const once{even(kGuitar, -4.0)};
    EXPECT_NEAR(
        forecast().change_db(twice, 0, kRegion.low),
        forecast().change_db(once, 0, kRegion.low),
        kFloat
    );
}

TEST_F(MaskingForecast, ABoostRaisesTheMarginByItself) {
    EXPECT_NEAR(forecast().change_db(std::vector{even(kVoice, 2.0)}, 0, kRegion.low), 2.0, kFloat);
}

TEST_F(MaskingForecast, AKeyedCutWorksWhileItsKeyPlays) {
    // The voice plays for the first half of the song.
    std::vector<StemReading> stems(2, {.level_lufs = std::vector<float>(20, -20.0F)});
    std::fill(stems[0].level_lufs.begin() + 10, stems[0].level_lufs.end(), -80.0F);
    take({stems, goals_});
    ASSERT_EQ(sums_.playing_hops(0), kHops / 2);
    std::vector<Fix> const keyed{even(kGuitar, -4.0, true)};
    std::vector<Fix> const always{even(kGuitar, -4.0)};
    EXPECT_EQ(
        forecast().change_db(keyed, 0, kRegion.low), forecast().change_db(always, 0, kRegion.low)
    );
    double const kept = 1.0 - 0.5 * (1.0 - std::pow(10.0, -0.4));
    EXPECT_NEAR(forecast().balance(keyed).stem_spectra[1][5], 2e5 * kept, 1e-6);
    EXPECT_NEAR(
        forecast().balance(keyed).stem_lufs[1].value_or(0.0), -20.0 + 10.0 * std::log10(kept), 1e-9
    );
}

TEST_F(MaskingForecast, TheBalanceIsThatOfTheChangedStems) {
    auto const after = forecast().balance(std::vector{even(kGuitar, -3.0)});
    double const cut = std::pow(10.0, -0.3);
    EXPECT_NEAR(after.stem_lufs[1].value_or(0.0), -23.0, 1e-9);
    EXPECT_EQ(after.stem_lufs[0], -22.0);
    EXPECT_NEAR(after.spectrum[40], 1e5 + 2e5 * cut, 1e-6);
    EXPECT_NEAR(
        after.integrated_lufs.value_or(0.0),
        -18.0 + 10.0 * std::log10((1.0 + 2.0 * cut) / 3.0),
        1e-9
    );
    auto const same = forecast().balance({});
    EXPECT_EQ(same.integrated_lufs, balance_.integrated_lufs);
    EXPECT_EQ(same.spectrum, balance_.spectrum);
}

TEST_F(MaskingForecast, SilentStemsStaySilent) {
    balance_.stem_lufs[1] = std::nullopt;
    balance_.integrated_lufs = std::nullopt;
    auto const after = forecast().balance(std::vector{even(kGuitar, -3.0)});
    EXPECT_FALSE(after.stem_lufs[1]);
    EXPECT_FALSE(after.integrated_lufs);
}

TEST_F(MaskingChoice, GoesAsFarAsACandidateMay) {
    auto const chosen = choose({bell(kGuitar, 3.1)}, 1.0);
    ASSERT_EQ(chosen.size(), 1U);
    EXPECT_NEAR(chosen.front().band.band.gain_db, -3.0, 1e-9); // in fifths of a decibel
    EXPECT_TRUE(choose({}, 1.0).empty());
}

TEST_F(MaskingChoice, LeavesOutWhatStaysUnderHalfADecibel) {
    EXPECT_TRUE(choose({bell(kGuitar, 0.4)}, 1.0).empty());
    EXPECT_EQ(choose({bell(kGuitar, 0.6)}, 1.0).size(), 1U);
}

TEST_F(MaskingChoice, StopsWhereNothingIsGained) {
    // A guitar that is not in the voice's bands
    Fix far = bell(kGuitar, 4.0, 4.0);
    far.band.band.hz = 60.0;
    EXPECT_TRUE(choose({far}, 1.0).empty());
}

TEST_F(MaskingChoice, BoostsWhenTheCutGoesNoFurther) {
    Fix boost = bell(kVoice, 2.0);
    boost.boosts = true;
    auto const both = choose({bell(kGuitar, 2.0), boost}, 1.0);
    ASSERT_EQ(both.size(), 2U);
    EXPECT_NEAR(both[0].band.band.gain_db, -2.0, 1e-9);
    EXPECT_GT(both[1].band.band.gain_db, 0.5);
    // Where 1 dB is lacking, the cut can give all of it.
    song_.set_margin(0, {.hops = {.first = 0, .last = kHops - 1}, .bands = kRegion}, 4.9F);
    take(song_.all_play());
    auto const one = choose({bell(kGuitar, 6.0), boost}, 1.0);
    ASSERT_EQ(one.size(), 1U);
    EXPECT_TRUE(one.front().is_cut());
}

TEST_F(MaskingChoice, StaysWithinItsShareOfWhatMustBePreserved) {
    std::vector<std::string> const files{"voice.wav", "guitar.wav"};
    double before_db = 0.0;
    for (double const share : {0.1, 0.3, 0.6, 1.0}) {
        auto const chosen = choose({bell(kGuitar, 6.0, 0.5), bell(kGuitar, 6.0, 2.0)}, share);
        auto const after = forecast().balance(chosen);
        PreservationLimits limits;
        for (double* const limit :
             {&limits.mix_lu,
              &limits.stem_louder_lu,
              &limits.stem_softer_lu,
              &limits.spectrum_rms_db,
              &limits.spectrum_max_db,
              &limits.centroid_share}) {
            *limit *= share;
        }
        auto const makeup = makeup_db(balance_, after);
        auto const broken =
            violations(balance_, after, makeup, sums_, sums_, bands_hz_, files, limits);
        EXPECT_TRUE(broken.empty()) << share << ": " << broken.front();
        double const gained_db = sums_.score_db() - forecast().score_db(chosen);
        EXPECT_GE(gained_db, before_db - kHalfAStep_db) << share;
        before_db = gained_db;
    }
    EXPECT_GT(before_db, 1.0);
    EXPECT_TRUE(choose({bell(kGuitar, 6.0)}, 0.0).empty());
}

TEST_F(MaskingChoice, GivesAStemBackWhatItMayNotLose) {
    // All of the guitar lies where it is cut, all else of the mix elsewhere and louder.
    balance_.stem_spectra[0].assign(kChoiceBands, 1e6);
    balance_.stem_spectra[1].assign(kChoiceBands, 0.0);
    for (auto b = kRegion.low; b <= kRegion.high; ++b) {
        balance_.stem_spectra[1][b] = 1e5;
    }
    for (std::size_t b = 0; b < kChoiceBands; ++b) {
        balance_.spectrum[b] = balance_.stem_spectra[0][b] + balance_.stem_spectra[1][b];
    }
    constexpr double kCautious = 0.5; // of 3 LU
    auto const chosen = choose({bell(kGuitar, 6.0, 0.5)}, kCautious);
    ASSERT_EQ(chosen.size(), 2U);
    EXPECT_LT(chosen[0].band.band.gain_db, -1.5);
    EXPECT_TRUE(chosen[1].compensates);
    EXPECT_TRUE(chosen[1].is_gain());
    EXPECT_EQ(chosen[1].pair, (StemPair{.masked = 1, .masker = 1}));
    EXPECT_GT(chosen[1].band.band.gain_db, 0.0);
    EXPECT_LE(chosen[1].band.band.gain_db, 1.5);
    EXPECT_GE(forecast().balance(chosen).stem_lufs[1].value_or(-100.0), -20.0 - 3.0 * kCautious);
}

TEST_F(MaskingChoice, MakeupIsInTenthsOfADecibel) {
    Balance after = balance_;
    after.integrated_lufs = -18.27;
    EXPECT_NEAR(makeup_db(balance_, after), 0.3, 1e-12);
    after.integrated_lufs = -17.81;
    EXPECT_NEAR(makeup_db(balance_, after), -0.2, 1e-12);
    after.integrated_lufs = std::nullopt;
    EXPECT_EQ(makeup_db(balance_, after), 0.0);
    EXPECT_EQ(makeup_db(after, balance_), 0.0);
}

} // namespace

} // namespace stemlathe::test
