#include "host/intake/origin/origin_checks.hpp"
#include "kernels/base/units.hpp"
#include "tests/host/intake/origin/origin_checked.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

/// Music as far as steps are concerned: loud and quiet parts, many values near zero.
Signal programme() {
    return sum_of(
        bursts({.level_dbfs = -24.0, .frames = 200'000, .seed = 3}),
        pink_noise({.level_dbfs = -50.0, .frames = 200'000, .seed = 4})
    );
}

std::vector<Finding> bit_depth_findings(Stem const& stem, Signal const& signal) {
    return findings_of(intake::make_bit_depth_check, stem, signal);
}

std::optional<Finding> padded_in(Signal const& signal) {
    return finding_in(bit_depth_findings(stem_of(signal), signal), "padded_bit_depth");
}

TEST(IntakeBitDepth, CountsTheBitsThatAreUsed) {
    for (int const bits : {8, 12, 16, 20}) {
        auto const found = padded_in(quantised(programme(), bits));
        ASSERT_TRUE(found) << bits;
        EXPECT_EQ(found->measured, bits);
        EXPECT_EQ(found->limit, 24);
        EXPECT_EQ(found->severity, Severity::warn);
    }
    for (int const bits : {7, 21, 24}) {
        EXPECT_FALSE(padded_in(quantised(programme(), bits))) << bits;
    }
}

TEST(IntakeBitDepth, IsNotSettledByOneSampleThatIsFiner) {
    auto signal = quantised(programme(), 16);
    signal[200'001] += 0x1p-23F;
    auto const found = padded_in(signal);
    ASSERT_TRUE(found);
    EXPECT_NE(found->message.find("nearly throughout"), std::string::npos) << found->message;
}

TEST(IntakeBitDepth, LooksIntoFloatingPointToo) {
    auto const coarse = quantised(programme(), 16);
    EXPECT_EQ(
        finding_in(bit_depth_findings(float_stem_of(coarse), coarse), "padded_bit_depth")->measured,
        16
    );
    for (auto const& fine : {quantised(programme(), 24), programme()}) {
        EXPECT_TRUE(bit_depth_findings(float_stem_of(fine), fine).empty())
            << "24 bits are all that is asked for";
    }
}

TEST(IntakeBitDepth, SeesSixteenBitsThroughAChangeOfLevel) {
    for (double const change_db : {-30.0, -12.0, -3.0, -0.5, 6.0, 12.0}) {
        auto const gain = static_cast<float>(gain_from_db(change_db));
        auto const moved = scaled(quantised(programme(), 16), gain);
        for (auto const& signal : {quantised(moved, 24), moved}) {
            auto const stem = &signal == &moved ? float_stem_of(signal) : stem_of(signal);
            auto const found = finding_in(bit_depth_findings(stem, signal), "padded_bit_depth");
            ASSERT_TRUE(found) << change_db;
            EXPECT_EQ(found->measured, 16);
            EXPECT_NE(found->message.find(change_db > 0.0 ? "by +" : "by -"), std::string::npos)
                << found->message;
        }
    }
    // So far down that neighbouring values are 22 bits apart: as good as any.
    EXPECT_FALSE(padded_in(quantised(scaled(quantised(programme(), 16), 1.0F / 90.0F), 24)));
}

TEST(IntakeBitDepth, AllowsEachChannelItsOwnLevel) {
    auto const coarse = quantised(programme(), 16);
    auto const panned = with_right(scaled(coarse, 0.7F), [](float left) { return 0.6F * left; });
    EXPECT_TRUE(padded_in(quantised(panned, 24)));
    auto const one_sided = with_right(scaled(coarse, 0.7F), [](float) { return 0.0F; });
    EXPECT_TRUE(padded_in(quantised(one_sided, 24)));
    auto half_good = quantised(scaled(coarse, 0.7F), 24);
    auto const good = quantised(programme(), 24);
    for (std::size_t i = 1; i < half_good.size(); i += 2) {
        half_good[i] = good[i];
    }
    EXPECT_FALSE(padded_in(half_good)) << "the right channel is fine";
}

TEST(IntakeBitDepth, IsNotFooledByFewValues) {
    // A quiet tone of 100 values, over and over: few values near zero, at no regular distance.
    auto const tone = sine({.hz = 480.0, .level_dbfs = -45.0, .seconds = 20.0});
    EXPECT_FALSE(padded_in(quantised(tone, 24)));
    // A steady bass: its samples lie evenly at the zero crossings, period after period.
    auto const bass = sine({.hz = 55.0, .level_dbfs = -12.0, .seconds = 20.0});
    EXPECT_FALSE(padded_in(quantised(bass, 24)));
    EXPECT_TRUE(bit_depth_findings(stem_of(silence(20'000)), silence(20'000)).empty());
    // Dither makes 16 bits of what it came from: no step shows any more.
    auto dithered = scaled(quantised(programme(), 16), 0.7F);
    for (std::size_t i = 0; i < dithered.size(); ++i) {
        dithered[i] += static_cast<float>(uniform(9, i) + uniform(10, i) - 1.0) * 0x1p-15F;
    }
    EXPECT_FALSE(padded_in(quantised(dithered, 24)));
}

TEST(IntakeBitDepth, LeavesToTheHeaderWhatTheHeaderSays) {
    auto const coarse = quantised(programme(), 16);
    auto stem = stem_of(coarse);
    stem.media.bit_depth = 16;
    EXPECT_TRUE(bit_depth_findings(stem, coarse).empty()) << "low_bit_depth is said of it";
}

} // namespace

} // namespace stemlathe::test
