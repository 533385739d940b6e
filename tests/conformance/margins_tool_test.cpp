// The masking model's figures through the tool: stems in a folder, `analyze` in free field with the
// published K, margins read from its table. Tolerances are those that the figures give the STFT
// path: windows blur, and noise of a second or two is not its mean.

#include "host/pipeline/feedback.hpp"
#include "host/plan/plan_toml.hpp"
#include "kernels/backend.hpp"
#include "tests/conformance/margins_file.hpp"
#include "tests/support/session_folder.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace stemlathe::test {

namespace {

constexpr double kSteady_db = 0.7;
constexpr double kNarrow_db = 1.5; // a band narrower than an ERB fluctuates as a whole
constexpr double kFrom_s = 0.3;    // behind the longest window
constexpr double kNoise_s = 8.0;   // so that the noise is near its mean
constexpr double kTo_s = 7.7;

struct Heard {
    MarginsFile margins;
    MasteringReport report;
};

class MarginsTool : public ::testing::Test {
  protected:
    void stem(std::string const& name, Signal const& signal) {
        write_stem(folder_.path() / "song" / name, signal, kRate_hz);
    }

    [[nodiscard]] Heard heard(std::string const& plan = {}) const {
        Tasks tasks{2};
        stemlathe::Run run{tasks, {}, {}};
        FeedbackJob job{
            .master =
                {.session = folder_.path() / "song", .out = folder_.path() / "out", .force = true},
            .listening =
                {.profile = MaskingProfile::mgb97,
                 .field = Field::free,
                 .spl_at_full_scale_db = kFullScale_db_spl},
            .margins = folder_.path() / "margins.csv"};
        if (!plan.empty()) {
            job.master.plan = parse_plan(plan, "plan.toml");
        }
        auto report = give_feedback(job, *backend_, run);
        return {MarginsFile{job.margins}, std::move(report)};
    }

    TempFolder folder_;
    std::unique_ptr<Backend> backend_ = open_backend(parse_backend_choice("cpu"));
};

constexpr char const* kTone = "01_Tone.wav";
constexpr char const* kNoise = "02_Noise.wav";
constexpr char const* kOther = "03_Noise.wav";

TEST_F(MarginsTool, Row19AToneInWhiteNoise) {
    struct Row {
        double spl_db = 0.0;
        double margin_db = 0.0;
    };

    stem(kNoise, white_spl(40.0, kNoise_s, 1));
    for (auto const& row : std::vector<Row>{
             {55.0, -3.38},
             {60.0, 1.60},
             {65.0, 6.57},
             {70.0, 11.51},
             {75.0, 16.41},
             {80.0, 21.29}}) {
        SCOPED_TRACE(row.spl_db);
        stem(kTone, tone_spl(1000.0, row.spl_db, kNoise_s));
        auto const margins = heard().margins;
        auto const band = margins.band_at(1000.0);
        double peak_db = margins.margin_db(kTone, band, kFrom_s, kTo_s);
        peak_db = std::max(peak_db, margins.margin_db(kTone, band + 1, kFrom_s, kTo_s));
        EXPECT_NEAR(peak_db, row.margin_db, kSteady_db);
    }
}

TEST_F(MarginsTool, Row22AToneInItsOwnCriticalBand) {
    stem(kTone, tone_spl(1000.0, 60.0, 2.5));
    stem(kNoise, band_spl(920.0, 1080.0, 60.0, 2.5));
    EXPECT_NEAR(heard().margins.peak_margin_db(kTone, kFrom_s, 2.2), 4.73, kNarrow_db);
}

TEST_F(MarginsTool, Row25MaskingSpreadsUpwardsNotDownwards) {
    stem(kNoise, band_spl(920.0, 1080.0, 80.0, 2.5));
    stem(kTone, tone_spl(2000.0, 30.0, 2.5));
    EXPECT_NEAR(heard().margins.peak_margin_db(kTone, kFrom_s, 2.2), -4.5, kNarrow_db);
    // Where one window takes over from another.
    stem(kTone, tone_spl(500.0, 30.0, 2.5));
    EXPECT_NEAR(heard().margins.peak_margin_db(kTone, kFrom_s, 2.2), 24.0, kNarrow_db);
}

TEST_F(MarginsTool, Row26AToneAboveALoudBand) {
    stem(kTone, tone_spl(1500.0, 60.0, 2.5));
    stem(kNoise, band_spl(920.0, 1080.0, 80.0, 2.5));
    EXPECT_NEAR(heard().margins.peak_margin_db(kTone, kFrom_s, 2.2), 6.08, 1.0);
}

TEST_F(MarginsTool, Row27WhatIsFarApartDoesNotMask) {
    stem(kTone, tone_spl(4000.0, 40.0, 1.5));
    stem(kNoise, tone_spl(250.0, 80.0, 1.5));
    EXPECT_NEAR(heard().margins.peak_margin_db(kTone, kFrom_s, 1.2), 43.8, 0.03 * 43.8);
}

TEST_F(MarginsTool, Row28EqualStemsAreTheDetectionRatioApart) {
    stem(kNoise, pink_spl(65.0, 12.0, 1));
    for (double const snr_db : {0.0, -10.0, 10.0}) {
        SCOPED_TRACE(snr_db);
        stem(kTone, pink_spl(65.0 + snr_db, 12.0, 2));
        auto const margins = heard().margins;
        double sum_db = 0.0;
        double count = 0.0;
        for (auto band = margins.band_at(1000.0); margins.bands_hz()[band] < 10'000.0; ++band) {
            sum_db += margins.margin_db(kTone, band, kFrom_s, 11.7);
            count += 1.0;
        }
        EXPECT_NEAR(sum_db / count, snr_db + 3.0, 0.5);
    }
}

TEST_F(MarginsTool, Row31TheLouderMaskerIsToBlame) {
    stem(kTone, tone_spl(1000.0, 60.0, kNoise_s));
    stem(kNoise, white_spl(40.0, kNoise_s, 1));
    stem(kOther, white_spl(30.0, kNoise_s, 2));
    auto const peak_db = [](Heard const& heard) {
        return heard.margins.peak_margin_db(kTone, kFrom_s, kTo_s);
    };
    auto const both = heard();
    EXPECT_NEAR(peak_db(both), 1.18, kSteady_db);
    EXPECT_NEAR(
        peak_db(heard("[[stem]]\nmatch = \"02_Noise.wav\"\nmute = true\n")), 11.79, kSteady_db
    );
    EXPECT_NEAR(
        peak_db(heard("[[stem]]\nmatch = \"03_Noise.wav\"\nmute = true\n")), 1.60, kSteady_db
    );
    auto const found =
        std::ranges::find(both.report.masking->findings, kTone, &MaskingFinding::masked);
    ASSERT_NE(found, both.report.masking->findings.end());
    EXPECT_EQ(found->masker, kNoise);
    EXPECT_NEAR(found->masker_share, 0.909, 0.02); // of two realisations, and of the quiet's part
}

TEST_F(MarginsTool, Row32MarginsHardlyDependOnThePlaybackLevel) {
    stem(kTone, tone_spl(1000.0, 66.0, kNoise_s));
    stem(kNoise, white_spl(46.0, kNoise_s, 1));
    EXPECT_NEAR(heard().margins.peak_margin_db(kTone, kFrom_s, kTo_s), 1.41, kSteady_db);
}

TEST_F(MarginsTool, Row33ACutInTheMaskerUncoversTheTone) {
    struct Row {
        char const* band = "";
        double margin_db = 0.0;
    };

    stem(kTone, tone_spl(1000.0, 60.0, kNoise_s));
    stem(kNoise, white_spl(40.0, kNoise_s, 1));
    for (auto const& row : std::vector<Row>{
             {"gain_db=-6, q=0.7", 7.67},
             {"gain_db=-6, q=1.4", 7.50},
             {"gain_db=-6, q=2", 7.30},
             {"gain_db=-6, q=4", 6.52},
             {"gain_db=-6, q=8", 5.26},
             {"gain_db=-3, q=1.4", 4.56}}) {
        SCOPED_TRACE(row.band);
        auto const plan = std::string{"[[stem]]\nmatch = \"02_Noise.wav\"\n"} +
                          "eq = [{type=\"bell\", hz=1000, " + row.band + "}]\n";
        auto const margins = heard(plan).margins;
        EXPECT_NEAR(margins.peak_margin_db(kTone, kFrom_s, kTo_s), row.margin_db, kSteady_db);
    }
}

/// Noise from 1 to 2 s.
Signal gated(Signal signal) {
    for (std::size_t i = 0; i < signal.size(); ++i) {
        double const time_s = static_cast<double>(i / 2) / kRate_hz;
        if (time_s < 1.0 || time_s >= 2.0) {
            signal[i] = 0.0F;
        }
    }
    return signal;
}

TEST_F(MarginsTool, Row34AnEventBeginsAndEndsWithItsMasker) {
    stem(kTone, tone_spl(1000.0, 60.0, 4.0));
    stem(kNoise, gated(white_spl(40.0, 4.0, 1)));
    auto const report = heard().report;
    ASSERT_EQ(report.masking->findings.size(), 1U);
    auto const& finding = report.masking->findings.front();
    EXPECT_EQ(finding.masked, kTone);
    EXPECT_EQ(finding.masker, kNoise);
    EXPECT_NEAR(finding.start_s, 1.0, 0.025);
    EXPECT_NEAR(finding.end_s, 2.0, 0.035);
    EXPECT_LT(finding.low_hz, 1000.0);
    EXPECT_GT(finding.high_hz, 1000.0);
    EXPECT_NEAR(finding.margin_db, 1.6, 1.0);
    EXPECT_NEAR(finding.masker_share, 1.0, 0.01);
}

TEST_F(MarginsTool, Row35LowTonesMaskUpwards) {
    stem(kTone, tone_spl(100.0, 80.0, 2.0));
    stem(kNoise, tone_spl(50.0, 80.0, 2.0));
    auto const margins = heard().margins;
    auto const peak_about = [&](char const* stem, double hz) {
        auto const band = margins.band_at(hz);
        return std::max(
            {margins.margin_db(stem, band > 0 ? band - 1 : 0, kFrom_s, 1.7),
             margins.margin_db(stem, band, kFrom_s, 1.7),
             margins.margin_db(stem, band + 1, kFrom_s, 1.7)}
        );
    };
    EXPECT_NEAR(peak_about(kTone, 100.0), 15.4, 2.0);
    EXPECT_NEAR(peak_about(kNoise, 50.0), 1.0, 2.0);
}

Signal one_ear(Signal signal, std::size_t silent) {
    for (std::size_t i = silent; i < signal.size(); i += 2) {
        signal[i] = 0.0F;
    }
    return signal;
}

TEST_F(MarginsTool, Row36PannedApartNothingIsCovered) {
    stem(kTone, one_ear(tone_spl(1000.0, 60.0, 4.0), 0));
    stem(kNoise, one_ear(gated(white_spl(40.0, 4.0, 1)), 1));
    EXPECT_TRUE(heard().report.masking->findings.empty());
}

TEST_F(MarginsTool, Row37SilenceAndASingleStemAreNotCovered) {
    stem(kTone, tone_spl(1000.0, 60.0, 1.0));
    auto const alone = heard();
    EXPECT_TRUE(alone.report.masking->findings.empty());
    EXPECT_EQ(alone.report.masking->score_before, 0.0);
    stem(kNoise, silence(kRate_hz));
    auto const beside_silence = heard();
    EXPECT_TRUE(beside_silence.report.masking->findings.empty());
    EXPECT_EQ(beside_silence.margins.all(kTone), alone.margins.all(kTone));
}

TEST_F(MarginsTool, Row37PolarityChangesNothing) {
    stem(kTone, tone_spl(1000.0, 60.0, 1.0));
    stem(kNoise, white_spl(40.0, 1.0, 1));
    auto const before = heard().margins;
    stem(kNoise, scaled(white_spl(40.0, 1.0, 1), -1.0F));
    auto const after = heard().margins;
    EXPECT_EQ(after.all(kTone), before.all(kTone));
    EXPECT_EQ(after.all(kNoise), before.all(kNoise));
}

} // namespace

} // namespace stemlathe::test
