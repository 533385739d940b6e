#include "tests/host/intake/null_session.hpp"

#include <algorithm>
#include <cmath>

namespace stemlathe::test {

namespace {

using StemNames = std::vector<std::string>;

/// Between a residual in the time domain and one from inner products.
constexpr double kSameStems_db = 0.05;

class NullTestOfStems : public NullSession {};

TEST_F(NullTestOfStems, NamesALateOrEarlyStemAndTheSamples) {
    auto const stem = stems_[1];
    for (std::int64_t const late : {1, -1, 7, 4410, -4410, 30'000}) {
        stems_[1] = moved(stem, late);
        auto const checked = check();
        EXPECT_EQ(checked.named(), StemNames{"late_start " + file(1)}) << late;
        auto const finding = checked.about(file(1));
        EXPECT_EQ(finding.measured, static_cast<double>(late));
        EXPECT_EQ(finding.severity, Severity::warn);
        EXPECT_NE(finding.message.find(late > 0 ? " late " : " early "), std::string::npos);
        EXPECT_TRUE(finding.start_s);
        EXPECT_EQ(checked.reading().offset_samples, 0);
        EXPECT_NEAR(checked.reading().residual_db, residual_db(), kSameStems_db);
    }
}

TEST_F(NullTestOfStems, FindsAStemWhoseLeadingSilenceWasCutOff) {
    // It plays from 3 s on, and the file begins there.
    auto const whole = stems_[2];
    std::ranges::fill_n(stems_[2].begin(), 2 * (3 * kRate_hz + 5), 0.0F);
    reference_ = sum();
    stems_[2] = moved(stems_[2], -3 * kRate_hz - 5);
    auto const checked = check();
    EXPECT_EQ(checked.named(), StemNames{"late_start " + file(2)});
    EXPECT_EQ(checked.about(file(2)).measured, -3.0 * kRate_hz - 5.0);
}

TEST_F(NullTestOfStems, NamesAnInvertedStem) {
    stems_[2] = scaled(stems_[2], -1.0F);
    auto const checked = check();
    EXPECT_EQ(checked.named(), StemNames{"polarity_inverted " + file(2)});
    EXPECT_NEAR(*checked.about(file(2)).measured, -1.0, 1e-5);
    EXPECT_EQ(checked.reading().polarity, 1);
    EXPECT_NEAR(checked.reading().gain_db, 0.0, 1e-3);
    EXPECT_NEAR(checked.reading().residual_db, residual_db(), kSameStems_db);
}

TEST_F(NullTestOfStems, NamesWhatIsMixed) {
    stems_[1] = moved(stems_[1], 4410);
    stems_[3] = scaled(stems_[3], -1.0F);
    auto checked = check();
    EXPECT_EQ(
        checked.named(), (StemNames{"late_start " + file(1), "polarity_inverted " + file(3)})
    );
    EXPECT_EQ(checked.about(file(1)).measured, 4410.0);
    EXPECT_NEAR(checked.reading().residual_db, residual_db(), kSameStems_db);

    stems_[1] = scaled(stems_[1], -1.0F); // one stem that is both
    checked = check();
    EXPECT_EQ(
        checked.named(),
        (StemNames{
            "late_start " + file(1), "polarity_inverted " + file(1), "polarity_inverted " + file(3)}
        )
    );
}

TEST_F(NullTestOfStems, NamesTwoStemsThatAreALittleLate) {
    stems_[1] = moved(stems_[1], 1);
    stems_[3] = moved(stems_[3], -2);
    auto const checked = check();
    EXPECT_EQ(checked.named(), (StemNames{"late_start " + file(1), "late_start " + file(3)}));
    EXPECT_EQ(checked.about(file(1)).measured, 1.0);
    EXPECT_EQ(checked.about(file(3)).measured, -2.0);
}

TEST_F(NullTestOfStems, TellsAFractionOfASample) {
    // Half way between two samples, by the mean of both: a delay of half a sample for all but the
    // highest frequencies, which pink noise has little of.
    auto const early = stems_[1];
    auto const late = moved(early, 1);
    auto const smooth = [](Signal const& signal) {
        return scaled(
            sum_of(sum_of(moved(signal, -1), moved(signal, 1)), scaled(signal, 2.0F)), 0.25F
        );
    };
    Signal const half = smooth(smooth(scaled(sum_of(early, late), 0.5F)));
    reference_ = sum();
    auto const base = smooth(smooth(early));
    for (std::size_t i = 0; i < reference_.size(); ++i) {
        reference_[i] += base[i] - early[i];
    }
    stems_[1] = half;
    auto const checked = check();
    auto const finding = checked.about(file(1));
    EXPECT_EQ(finding.code, "late_start");
    EXPECT_NEAR(*finding.measured, 0.5, 0.1);
    EXPECT_NE(finding.message.find("0.5 samples"), std::string::npos) << finding.message;
}

TEST_F(NullTestOfStems, NamesALevelThatDiffersByMoreThanATenthOfADecibel) {
    auto const stem = stems_[0];
    for (float const change_db : {0.12F, -0.12F, 0.5F, -3.0F}) {
        stems_[0] = scaled(stem, std::pow(10.0F, -change_db / 20.0F));
        auto const checked = check();
        EXPECT_EQ(checked.named(), StemNames{"level_differs_from_mix " + file(0)}) << change_db;
        EXPECT_NEAR(*checked.about(file(0)).measured, change_db, 1e-3);
        EXPECT_NEAR(checked.reading().gain_db, 0.0, 1e-3);
        EXPECT_NEAR(checked.reading().residual_db, residual_db(), kSameStems_db);
    }
    stems_[0] = scaled(stem, std::pow(10.0F, 0.08F / 20.0F));
    EXPECT_EQ(check().named(), StemNames{});
}

TEST_F(NullTestOfStems, NamesAStemThatIsNotInTheMix) {
    auto const stem = stems_[2];
    stems_[2] = silence(kFrames);
    reference_ = sum();
    stems_[2] = stem;
    auto const checked = check();
    EXPECT_EQ(checked.named(), StemNames{"missing_stem " + file(2)});
    EXPECT_NEAR(checked.reading().residual_db, residual_db(), kSameStems_db);
}

TEST_F(NullTestOfStems, TakesMonoStems) {
    mono_ = true;
    for (auto& stem : stems_) {
        for (std::size_t i = 0; i < stem.size(); i += 2) {
            stem[i + 1] = stem[i];
        }
    }
    reference_ = sum();
    EXPECT_LE(check().reading().residual_db, -119.0);
    stems_[1] = moved(stems_[1], -100);
    auto const checked = check();
    EXPECT_EQ(checked.named(), StemNames{"late_start " + file(1)});
    EXPECT_EQ(checked.about(file(1)).measured, -100.0);
}

TEST_F(NullTestOfStems, KeepsCorrelatedStemsApart) {
    // Both have most of one signal, as two microphones of one instrument do.
    auto const common = stems_[1];
    stems_[3] = sum_of(common, scaled(stems_[3], 0.2F));
    reference_ = sum();
    EXPECT_EQ(check().named(), StemNames{});
    stems_[3] = scaled(stems_[3], -1.0F);
    auto checked = check();
    EXPECT_EQ(checked.named(), StemNames{"polarity_inverted " + file(3)});
    EXPECT_NEAR(*checked.about(file(3)).measured, -1.0, 1e-4);
}

TEST_F(NullTestOfStems, NamesAStemThatWasSentTwice) {
    auto const stem = stems_[3];
    stems_[3] = silence(kFrames);
    reference_ = sum(); // the mix has it once
    stems_[3] = stems_[1];
    auto const checked = check();
    EXPECT_EQ(checked.named(), StemNames{"duplicate_stem " + file(3)});
    EXPECT_NE(checked.about(file(3)).message.find(file(1)), std::string::npos);
}

TEST_F(NullTestOfStems, NamesAStemThatIsTheReference) {
    stems_[2] = reference_;
    EXPECT_EQ(check().named(), StemNames{"duplicate_stem " + file(2)});
    stems_.resize(1);
    stems_[0] = reference_;
    EXPECT_EQ(check().named(), StemNames{"single_file " + file(0)});
}

} // namespace

} // namespace stemlathe::test
