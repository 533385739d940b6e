#include "host/masking/verification.hpp"
#include "kernels/base/units.hpp"
#include "tests/host/masked_hops.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace stemlathe::test {

namespace {

constexpr std::size_t kVerifiedBands = 40;

/// Two stems of which the first is the more important, and nothing changed.
class MaskingVerification : public ::testing::Test {
  protected:
    MaskingVerification() {
        before_.integrated_lufs = -16.0;
        before_.stem_lufs = {-20.0, -18.0};
        before_.peak_to_loudness_db = 12.0;
        before_.correlation = 0.7;
        before_.spectrum = std::vector<double>(kVerifiedBands, 1e6);
        before_.stem_spectra = {before_.spectrum, before_.spectrum};
        after_ = before_;
    }

    [[nodiscard]] std::vector<std::string> found() const {
        return violations(
            before_, after_, makeup_db_, sums_before_, sums_after_, bands_hz_, files_
        );
    }

    /// Whether exactly one thing is wrong, and it is this.
    [[nodiscard]] ::testing::AssertionResult only(std::string const& what) const {
        auto const all = found();
        if (all.size() == 1 && all.front().find(what) != std::string::npos) {
            return ::testing::AssertionSuccess();
        }
        auto failure = ::testing::AssertionFailure() << all.size() << " found:";
        for (auto const& sentence : all) {
            failure << ' ' << sentence << ';';
        }
        return failure;
    }

    /// A value that lies just within its limit, on either side, is fine; one just over it is not.
    void expect_limit(
        double limit, std::string const& what, std::function<void(double)> const& change_by
    ) {
        constexpr double kJust = 1e-3;
        for (double const sign : {1.0, -1.0}) {
            change_by(sign * (limit - kJust));
            EXPECT_TRUE(found().empty()) << what << ' ' << sign;
            change_by(sign * (limit + kJust));
            EXPECT_TRUE(only(what)) << what << ' ' << sign;
        }
        after_ = before_;
    }

    /// Sums in which one stem lacks this much because of the other.
    [[nodiscard]] PairSums lacking(StemPair pair, double shortfall_db) const {
        PairSums sums{goals_, bands_hz_};
        MaskedHops song{2, kVerifiedBands, 1};
        auto const cell = Cells{.hops = {}, .bands = {.low = 10, .high = 10}};
        song.set_importance(pair.masked, cell, 1.0F);
        constexpr float kShare = 0.999F;
        auto const goal_db = goals_[pair.masked].high.margin_db;
        song.set_margin(pair.masked, cell, static_cast<float>(goal_db - shortfall_db / 0.999));
        song.set_masker(pair.masker, cell, masker_with_share(kShare));
        song.pass([&](StemHop const& hop) { sums.take(hop); });
        return sums;
    }

    std::vector<double> bands_hz_ = half_cams(kVerifiedBands);
    std::vector<std::string> files_{"01_Lead_Vocal.wav", "02_Bass.wav"};
    std::vector<MaskingGoal> goals_{goal_everywhere(1.0, 6.0), goal_everywhere(0.4, 3.0)};
    PairSums sums_before_{goals_, bands_hz_};
    PairSums sums_after_{goals_, bands_hz_};
    Balance before_{};
    Balance after_{};
    double makeup_db_ = 0.0;
};

TEST_F(MaskingVerification, NothingChangedIsNothingFound) {
    EXPECT_TRUE(found().empty());
}

TEST_F(MaskingVerification, TheMixKeepsItsLoudness) {
    expect_limit(0.3, "the loudness of the mix", [&](double change) {
        after_.integrated_lufs = -16.0 + change;
    });
}

TEST_F(MaskingVerification, TheMixIsJudgedWithItsMakeup) {
    after_.integrated_lufs = -17.0;
    for (auto& power : after_.spectrum) {
        power *= std::pow(10.0, -0.1);
    }
    makeup_db_ = 1.0;
    EXPECT_TRUE(found().empty());
    makeup_db_ = 0.0;
    EXPECT_FALSE(found().empty());
}

TEST_F(MaskingVerification, AStemMayBecomeLouderByOneAndSofterByThree) {
    for (std::size_t const stem : {0U, 1U}) {
        std::string const what = stem == 0 ? "the loudness of Lead Vocal" : "the loudness of Bass";
        double const was_lufs = before_.stem_lufs[stem].value_or(0.0);
        for (auto const& [change, is_fine] : std::vector<std::pair<double, bool>>{
                 {0.999, true}, {1.001, false}, {-2.999, true}, {-3.001, false}}) {
            after_.stem_lufs[stem] = was_lufs + change;
            if (is_fine) {
                EXPECT_TRUE(found().empty()) << change;
            } else {
                EXPECT_TRUE(only(what)) << change;
            }
        }
        after_ = before_;
    }
}

TEST_F(MaskingVerification, TheSpectrumMovesByOneDecibelOnTheWhole) {
    expect_limit(1.0, "dB RMS", [&](double change) {
        // Every other band up, the next down: nothing else moves as far.
        for (std::size_t b = 0; b < kVerifiedBands; ++b) {
            after_.spectrum[b] = 1e6 * std::pow(10.0, (b % 2 == 0 ? change : -change) / 10.0);
        }
    });
}

TEST_F(MaskingVerification, NoBandMovesByMoreThanThreeDecibels) {
    expect_limit(3.0, "a band of the mix's", [&](double change) {
        after_.spectrum[20] = 1e6 * std::pow(10.0, change / 10.0);
    });
}

TEST_F(MaskingVerification, BandsThatNobodyHearsDoNotCount) {
    before_.spectrum[20] = 0.9; // more than 60 dB under the others
    after_.spectrum[20] = 90.0;
    EXPECT_TRUE(found().empty());
    before_.spectrum[20] = 1.1;
    EXPECT_FALSE(found().empty());
}

TEST_F(MaskingVerification, TheCentreOfGravityStays) {
    // One half up, the other down by as much.
    auto const tilted = [&](double change_db) {
        for (std::size_t b = 0; b < kVerifiedBands; ++b) {
            double const sign = b < kVerifiedBands / 2 ? -1.0 : 1.0;
            after_.spectrum[b] = 1e6 * std::pow(10.0, sign * change_db / 10.0);
        }
    };
    // All bands alike: the centre is their mean, 1.8 + 0.25 x 39 Cam = 11.55. A tilt by x dB puts
    // (t - 1) / (t + 1) of the power, t = 10^(x / 5), 5 Cam further: 5 % are x = 0.504 dB.
    double const t = (5.0 + 0.05 * 11.55) / (5.0 - 0.05 * 11.55);
    double const limit_db = 5.0 * std::log10(t);
    expect_limit(limit_db, "centre of gravity", tilted);
}

TEST_F(MaskingVerification, PeaksAndWidthStay) {
    expect_limit(0.5, "peak-to-loudness", [&](double change) {
        after_.peak_to_loudness_db = 12.0 + change;
    });
    expect_limit(0.05, "correlation", [&](double change) { after_.correlation = 0.7 + change; });
}

TEST_F(MaskingVerification, NoPairIsMuchWorseThanItWas) {
    StemPair const vocal_covered{.masked = 0, .masker = 1};
    sums_before_ = lacking(vocal_covered, 2.0);
    sums_after_ = lacking(vocal_covered, 2.49);
    EXPECT_TRUE(found().empty());
    sums_after_ = lacking(vocal_covered, 2.51);
    EXPECT_TRUE(only("what Bass takes from Lead Vocal"));
    sums_after_ = lacking(vocal_covered, 0.0); // better is fine
    EXPECT_TRUE(found().empty());
}

TEST_F(MaskingVerification, TheLessImportantMayYieldMore) {
    StemPair const bass_covered{.masked = 1, .masker = 0};
    sums_before_ = lacking(bass_covered, 1.0);
    sums_after_ = lacking(bass_covered, 1.99);
    EXPECT_TRUE(found().empty());
    sums_after_ = lacking(bass_covered, 2.01);
    EXPECT_TRUE(only("what Lead Vocal takes from Bass"));
}

TEST_F(MaskingVerification, SilenceIsNoViolation) {
    before_.integrated_lufs = std::nullopt;
    before_.stem_lufs = {std::nullopt, std::nullopt};
    before_.spectrum.assign(kVerifiedBands, 0.0);
    after_ = before_;
    EXPECT_TRUE(found().empty());
}

TEST_F(MaskingVerification, ASentenceSaysWhatByHowMuchAndTheMost) {
    after_.integrated_lufs = -15.25;
    EXPECT_EQ(
        found(),
        std::vector<std::string>{
            "the loudness of the mix would change by 0.75 LU; 0.30 is the most"}
    );
}

} // namespace

} // namespace stemlathe::test
