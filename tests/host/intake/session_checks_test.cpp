#include "host/intake/session_checks.hpp"
#include "host/intake/strict.hpp"
#include "tests/host/intake/checked.hpp"

#include <gtest/gtest.h>

#include <array>

namespace stemlathe::test {

namespace {

/// Stems with what a survey would have of them.
class SessionChecks : public ::testing::Test {
  protected:
    void add(std::string const& file, Signal const& signal) {
        auto& stem = stems_[count_];
        stem = stem_of(signal);
        stem.file = file;
        std::vector<float> left;
        std::vector<float> right;
        for (std::size_t i = 0; i < signal.size(); i += 2) {
            left.push_back(signal[i]);
            right.push_back(signal[i + 1]);
        }
        prints_[count_].process({.left = left, .right = right});
        ++count_;
    }

    [[nodiscard]] std::vector<SurveyedStem> surveyed() const {
        std::vector<SurveyedStem> out;
        for (std::size_t i = 0; i < count_; ++i) {
            out.push_back({.stem = &stems_[i], .reading = &readings_[i], .print = &prints_[i]});
        }
        return out;
    }

    [[nodiscard]] std::vector<Finding> duplicates() const {
        std::vector<Finding> findings;
        find_duplicates(surveyed(), findings);
        return findings;
    }

    static constexpr std::size_t kStems = 3;
    std::array<Stem, kStems> stems_{};
    std::array<StemReading, kStems> readings_{};
    std::array<StemPrint, kStems> prints_{};
    std::size_t count_ = 0;
};

Signal take(std::uint64_t seed) {
    return pink_noise({.level_dbfs = -20.0, .frames = 240'000, .seed = seed});
}

TEST_F(SessionChecks, FindTheSameAudioUnderAnotherName) {
    add("01_Drums.wav", take(1));
    add("02_Bass.wav", take(2));
    add("03_Vocals.wav", scaled(take(1), -0.5F));
    auto const findings = duplicates();
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].code, "duplicate_stem");
    EXPECT_EQ(findings[0].stem, "03_Vocals.wav");
    EXPECT_NE(findings[0].message.find("01_Drums.wav upside down"), std::string::npos);
    EXPECT_NEAR(*findings[0].measured, -1.0, 1e-6);
}

TEST_F(SessionChecks, LeaveALayerAloneThatOnlySharesItsSource) {
    add("01_Vocals.wav", take(1));
    add("02_Vocals.wav", sum_of(take(1), scaled(take(2), 0.1F))); // correlation 0.995
    EXPECT_TRUE(duplicates().empty());
}

TEST_F(SessionChecks, ComparesNoSilence) {
    add("01_Drums.wav", silence(240'000));
    add("02_Bass.wav", silence(240'000));
    EXPECT_TRUE(duplicates().empty());
}

TEST_F(SessionChecks, TellsTruePeaksOfIntegersOnly) {
    add("01_Drums.wav", {});
    add("02_Bass.wav", {});
    add("03_Vocals.wav", {});
    readings_[0].true_peak_dbtp = 0.05;
    readings_[1].true_peak_dbtp = -0.05;
    readings_[2].true_peak_dbtp = 6.0;
    stems_[2].media.is_float = true;
    std::vector<Finding> findings;
    find_true_peaks(surveyed(), findings);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].stem, "01_Drums.wav");
    EXPECT_EQ(findings[0].code, "true_peak_over");
}

TEST_F(SessionChecks, MindsSilenceThatAllStemsBeginWith) {
    add("01_Drums.wav", {});
    add("02_Bass.wav", {});
    auto const late = [&](std::size_t hops, double from_s) {
        readings_[0].level_lufs.assign(300, -300.0F);
        readings_[1].level_lufs.assign(hops, -70.0F);
        readings_[1].level_lufs.push_back(-30.0F);
        std::vector<Finding> findings;
        find_late_start(surveyed(), from_s, findings);
        return finding_in(findings, "late_start");
    };
    ASSERT_TRUE(late(51, 0.0));
    EXPECT_NEAR(*late(51, 0.0)->measured, 5.1, 1e-9);
    EXPECT_FALSE(late(50, 0.0));
    EXPECT_FALSE(late(51, 10.0)) << "a preview does not begin the song";
}

TEST(StrictIntake, RefusesPoorSourcesAndNothingElse) {
    std::vector<Finding> findings{
        {.code = "clipped_samples", .severity = Severity::warn},
        {.code = "mono_as_stereo", .severity = Severity::info},
        {.code = "length_mismatch", .severity = Severity::warn}};
    refuse_poor_sources(findings);
    EXPECT_EQ(findings[0].severity, Severity::refuse);
    EXPECT_EQ(findings[1].severity, Severity::info);
    EXPECT_EQ(findings[2].severity, Severity::warn);
}

} // namespace

} // namespace stemlathe::test
