// The masking analysis of whole songs: what was planted is found, what is proposed helps and harms
// nothing, and what is no masking stays quiet.

#include "host/demo/song.hpp"
#include "host/demo/write_demo.hpp"
#include "host/pipeline/feedback.hpp"
#include "tests/host/mastered.hpp"
#include "tests/support/signals.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace stemlathe::test {

namespace {

class Unmask : public Mastered {
  protected:
    Unmask() {
        unmasks_ = true;
    }

    void write_demo_song() {
        Tasks tasks{2};
        stemlathe::Run run{tasks, {}, {}};
        write_demo(session(), {}, run);
    }

    void stem(std::string const& name, Signal const& signal, int rate_hz = 48'000) {
        write_stem(session() / name, signal, rate_hz);
    }

    [[nodiscard]] MasteringReport feedback() {
        Tasks tasks{2};
        stemlathe::Run run{tasks, {}, {}};
        return give_feedback(
            {.master = {.session = session(), .out = out("feedback"), .force = true}},
            *backend_,
            run
        );
    }
};

/// Seconds of [start_s, end_s] that findings of a pair cover in a band.
double covered_s(MaskingReading const& masking, PlantedMasking const& planted) {
    std::vector<std::pair<double, double>> parts;
    for (auto const& finding : masking.findings) {
        bool const is_it = finding.masked == planted.masked && finding.masker == planted.masker &&
                           finding.low_hz < planted.high_hz && finding.high_hz > planted.low_hz;
        double const from_s = std::max(finding.start_s, planted.start_s);
        double const to_s = std::min(finding.end_s, planted.end_s);
        if (is_it && to_s > from_s) {
            parts.emplace_back(from_s, to_s);
        }
    }
    std::ranges::sort(parts);
    double sum_s = 0.0;
    double reached_s = 0.0;
    for (auto const& [from_s, to_s] : parts) {
        sum_s += std::max(to_s - std::max(from_s, reached_s), 0.0);
        reached_s = std::max(reached_s, to_s);
    }
    return sum_s;
}

TEST_F(Unmask, FindsWhatTheDemoPlants) {
    write_demo_song();
    auto const report = feedback();
    auto const planted = DemoSong{{}}.planted();
    ASSERT_EQ(planted.size(), 4U);
    for (auto const& one : planted) {
        SCOPED_TRACE(one.masker + " over " + one.masked);
        EXPECT_GE(covered_s(*report.masking, one), 0.8 * (one.end_s - one.start_s));
    }
    auto const& worst = report.masking->findings.front();
    EXPECT_EQ(worst.masked, "03_Vocals.wav");
    EXPECT_EQ(worst.masker, "04_Instruments.wav");
}

TEST_F(Unmask, FixesOfTheDemoHelpByAQuarterAndKeepItsLoudness) {
    write_demo_song();
    std::string const as_it_is = "[bus]\nmultiband = \"off\"\n";
    auto const fixed = master({.plan = as_it_is, .deliver = {"archive"}, .out = "fixed"});
    auto const& masking = *fixed.masking;
    ASSERT_TRUE(masking.score_after.has_value());
    EXPECT_LE(*masking.score_after, 0.75 * masking.score_before);
    auto const left = master(
        {.plan = as_it_is + "[masking]\nfix = \"off\"\n", .deliver = {"archive"}, .out = "left"}
    );
    EXPECT_NEAR(
        *fixed.deliveries.front().reading.integrated_lufs,
        *left.deliveries.front().reading.integrated_lufs,
        0.3
    );
    constexpr std::size_t kCards = 10; // findings that the page shows whole
    std::vector<double> errors_db;
    for (auto const& finding : std::span{masking.findings}.first(kCards)) {
        if (finding.fix && finding.fix->applied) {
            ASSERT_TRUE(finding.fix->measured_margin_db.has_value());
            errors_db.push_back(
                std::abs(*finding.fix->measured_margin_db - *finding.fix->predicted_margin_db)
            );
        }
    }
    ASSERT_FALSE(errors_db.empty());
    double sum_db = 0.0;
    for (double const error_db : errors_db) {
        sum_db += error_db;
    }
    EXPECT_LE(sum_db / static_cast<double>(errors_db.size()), 0.5);
}

TEST_F(Unmask, AFixedPlanFedBackFixesNothingMore) {
    write_demo_song();
    auto const first = master({.deliver = {"archive"}, .preview = PreviewRange{9.0, 15.0}});
    EXPECT_EQ(first.plan.masking_fix, false);
    auto const again = master(
        {.plan = read_file(out() / "plan.toml"),
         .deliver = {"archive"},
         .preview = PreviewRange{9.0, 15.0},
         .out = "again"}
    );
    EXPECT_EQ(bytes_of("again"), bytes_of("out"));
}

TEST_F(Unmask, LeavesAloneWhatThePlanHasDecided) {
    write_demo_song();
    auto const report = master(
        {.plan = "[[stem]]\nmatch = \"*\"\neq = \"off\"\n",
         .deliver = {"archive"},
         .preview = PreviewRange{9.0, 15.0}}
    );
    for (auto const& stem : report.plan.stem) {
        EXPECT_TRUE(stem.eq.is_off()) << stem.match;
        EXPECT_EQ(stem.gain_db, 0.0) << stem.match;
    }
    EXPECT_FALSE(report.masking->findings.empty());
    EXPECT_FALSE(report.masking->score_after.has_value());
}

TEST_F(Unmask, AnswersTheDemosComments) {
    write_demo_song();
    auto const report = feedback();
    ASSERT_TRUE(report.comments.has_value());
    EXPECT_EQ(report.comments->size(), 3U);
    for (auto const& reading : *report.comments) {
        EXPECT_FALSE(reading.measurements.stem_levels.empty()) << reading.comment.text;
    }
}

TEST_F(Unmask, SilenceIsNeitherCoveredNorCovers) {
    stem("01_Drums.wav", silence(48'000));
    stem("03_Vocals.wav", silence(48'000));
    auto const report = feedback();
    EXPECT_TRUE(report.masking->findings.empty());
    EXPECT_TRUE(report.masking->pairs.empty());
    EXPECT_EQ(report.masking->score_before, 0.0);
}

TEST_F(Unmask, LayersAreNotMasking) {
    auto const noise = pink_noise({.frames = 5 * 48'000, .seed = 3});
    stem("03_Vocals.wav", noise);
    stem("04_Vocals_Double.wav", scaled(noise, -0.8F)); // of the other polarity
    auto const report = feedback();
    EXPECT_TRUE(report.masking->findings.empty());
    ASSERT_FALSE(report.masking->pairs.empty());
    EXPECT_TRUE(std::ranges::all_of(report.masking->pairs, &MaskingPair::layered));
    ASSERT_EQ(report.masking->notes.size(), 1U);
    EXPECT_NE(report.masking->notes.front().find("layers"), std::string::npos);
}

TEST_F(Unmask, NoiseThatIsNoLayerMasks) {
    stem("03_Vocals.wav", pink_noise({.frames = 5 * 48'000, .seed = 3}));
    stem("04_Instruments.wav", pink_noise({.level_dbfs = -6.0, .frames = 5 * 48'000, .seed = 4}));
    auto const report = feedback();
    ASSERT_FALSE(report.masking->findings.empty());
    EXPECT_EQ(report.masking->findings.front().masked, "03_Vocals.wav");
    EXPECT_TRUE(report.masking->notes.empty());
}

TEST_F(Unmask, EndsWithManyStemsAndFewFindings) {
    constexpr int kStems = 64;
    for (int i = 0; i < kStems; ++i) {
        auto const seed = static_cast<std::uint64_t>(i) + 1;
        stem(
            "stem_" + std::to_string(i) + ".wav",
            pink_noise({.level_dbfs = -40.0, .frames = 48'000, .seed = seed})
        );
    }
    auto const report = master({.deliver = {"archive"}});
    EXPECT_EQ(report.masking->profile, "music");
    EXPECT_LE(report.masking->findings.size(), 100U);
    EXPECT_LE(report.masking->score_after.value_or(0.0), report.masking->score_before);
}

/// What is found in the same song at another rate: the same, as the ear hears it.
TEST_F(Unmask, FindsTheSameAtEveryRate) {
    std::vector<double> margins_db;
    for (int const rate_hz : {44'100, 48'000, 88'200, 96'000, 176'400, 192'000}) {
        stem(
            "01_Tone.wav",
            sine({.hz = 1000.0, .level_dbfs = -40.0, .seconds = 2.0, .rate_hz = rate_hz}),
            rate_hz
        );
        Signal chord = sine({.hz = 920.0, .level_dbfs = -20.0, .seconds = 2.0, .rate_hz = rate_hz});
        for (double const hz : {960.0, 1010.0, 1050.0, 1090.0}) {
            chord = sum_of(
                chord, sine({.hz = hz, .level_dbfs = -20.0, .seconds = 2.0, .rate_hz = rate_hz})
            );
        }
        stem("04_Organ.wav", chord, rate_hz);
        auto const report = feedback();
        ASSERT_EQ(report.masking->findings.size(), 1U) << rate_hz;
        auto const& finding = report.masking->findings.front();
        EXPECT_EQ(finding.masked, "01_Tone.wav");
        EXPECT_NEAR(finding.start_s, 0.0, 0.1) << rate_hz;
        EXPECT_NEAR(finding.end_s, 2.0, 0.1) << rate_hz;
        margins_db.push_back(finding.margin_db);
    }
    // Windows last 85.3 ms at 48 kHz and 92.9 ms at 44.1 kHz: beats within a band differ.
    constexpr double kWindows_db = 1.0;
    for (double const margin_db : margins_db) {
        EXPECT_NEAR(margin_db, margins_db[1], kWindows_db);
    }
}

} // namespace

} // namespace stemlathe::test
