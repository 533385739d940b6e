#include "host/intake/checks/checks.hpp"
#include "kernels/base/units.hpp"
#include "tests/host/intake/checked.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace stemlathe::test {

namespace {

std::vector<Finding> edges(Signal const& signal) {
    return findings_of(intake::make_edges_check, stem_of(signal), signal);
}

/// Noise that is faded in and out over 0.1 s.
Signal whole_sound() {
    auto signal = pink_noise({.level_dbfs = -20.0, .frames = 12'345});
    for (std::size_t i = 0; i < 9'600; ++i) {
        float const gain = static_cast<float>(i / 2) / 4'800.0F;
        signal[i] *= gain;
        signal[signal.size() - 1 - i] *= gain * gain;
    }
    return signal;
}

TEST(IntakeEdges, AreQuietInAWholeSound) {
    EXPECT_TRUE(edges(whole_sound()).empty());
    EXPECT_TRUE(edges(silence(100)).empty());
}

TEST(IntakeEdges, StepIntoSoundIsAClick) {
    auto signal = whole_sound();
    signal[1] = 0.0033F;
    auto const found = finding_in(edges(signal), "click");
    ASSERT_TRUE(found);
    EXPECT_NEAR(*found->measured, db_from_gain(0.0033), 0.01);
    EXPECT_EQ(found->start_s, 0.0);
    signal[1] = 0.0031F;
    EXPECT_TRUE(edges(signal).empty());
}

TEST(IntakeEdges, ATailThatIsHeardToEndIsCut) {
    for (std::int64_t const frames :
         {std::int64_t{12'345}, std::int64_t{12'288}, std::int64_t{300}}) {
        auto const tail = [=](double level_dbfs) {
            auto signal = silence(frames);
            auto const noise = white_noise({.level_dbfs = level_dbfs, .frames = frames - 100});
            std::copy(noise.begin(), noise.end(), signal.begin() + 200);
            return finding_in(edges(signal), "cut_tail");
        };
        auto const cut = tail(-47.0);
        ASSERT_TRUE(cut) << frames;
        EXPECT_EQ(*cut->start_s, static_cast<double>(frames) / 48'000.0);
        EXPECT_FALSE(tail(-53.0)) << frames;
    }
}

TEST(IntakeEdges, OfAPreviewSayNothing) {
    auto const noise = pink_noise({.level_dbfs = -20.0, .frames = 5'000});
    auto stem = stem_of(noise);
    stem.media.frames = 6'000;
    auto const found = findings_of(intake::make_edges_check, stem, noise);
    EXPECT_FALSE(finding_in(found, "cut_tail"));
}

TEST(IntakeDenormals, AreCounted) {
    auto signal = silence(10'000);
    signal[2 * 5'000] = std::numeric_limits<float>::min() / 2.0F;
    auto const found = finding_in(
        findings_of(intake::make_denormals_check, float_stem_of(signal), signal), "denormals"
    );
    ASSERT_TRUE(found);
    EXPECT_EQ(found->severity, Severity::info);
    EXPECT_EQ(found->measured, 1.0);
    signal[2 * 5'000] = std::numeric_limits<float>::min();
    EXPECT_TRUE(findings_of(intake::make_denormals_check, float_stem_of(signal), signal).empty());
}

} // namespace

} // namespace stemlathe::test
