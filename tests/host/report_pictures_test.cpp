#include "host/report/html/frequency_axis.hpp"
#include "host/report/html/margin_grid.hpp"
#include "host/report/html/packing.hpp"
#include "host/report/html/severity.hpp"
#include "host/report/html/spectrum.hpp"
#include "host/report/html/waveform.hpp"
#include "tests/host/page_checks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace stemlathe::test {

namespace {

constexpr auto kNaN = std::numeric_limits<float>::quiet_NaN();

/// The words of the masking reference, section 2.11.
TEST(Severity, ChangesAtTheBoundsOfItsWords) {
    EXPECT_EQ(html::kSeverities[html::severity_of(-0.01)].word, "masked");
    EXPECT_EQ(html::kSeverities[html::severity_of(0.0)].word, "critical");
    EXPECT_EQ(html::kSeverities[html::severity_of(3.0)].word, "strong");
    EXPECT_EQ(html::kSeverities[html::severity_of(6.0)].word, "moderate");
    EXPECT_EQ(html::kSeverities[html::severity_of(10.0)].word, "mild");
    EXPECT_EQ(html::severity_of(15.0), html::kSeverities.size()); // clear
}

TEST(MarginGrid, TellsNothingFromClear) {
    auto const grid = html::margin_grid({-1.0F, kNaN, 20.0F, 4.0F}, 2, 1);
    EXPECT_EQ(grid.columns, 2U);
    EXPECT_EQ(grid.classes, (std::vector<std::uint8_t>{1, 0, 6, 3}));
}

TEST(MarginGrid, MergesColumnsByTheMeanOfWhatIsThere) {
    auto const grid = html::margin_grid({2.0F, 8.0F, kNaN, 11.0F, 1.0F}, 1, 2);
    EXPECT_EQ(grid.classes, (std::vector<std::uint8_t>{3, 5, 2})); // means 5, 11, 1
}

TEST(GridPaths, DrawARunAsOneStrokeFromTheLowestBandUp) {
    // Four columns of two bands: the low band is masked throughout, the high one twice.
    auto const grid = html::margin_grid({-1, -1, -1, kNaN, -1, kNaN, -1, -1}, 2, 1);
    auto const paths = attributes(html::grid_paths(grid), "d");
    ASSERT_FALSE(paths.empty());
    EXPECT_EQ(paths.back(), "m0 0h1m2 0h1m-4 1h4");
}

TEST(GridPaths, LayTheWorseOverTheBetter) {
    auto const grid = html::margin_grid({20.0F, 2.0F, 20.0F}, 1, 1);
    auto const text = html::grid_paths(grid);
    EXPECT_NE(text.find(R"(<path class="v6" d="m0 0h3"/>)"), std::string::npos);
    EXPECT_NE(text.find(R"(<path class="v2" d="m1 0h1"/>)"), std::string::npos);
    EXPECT_EQ(text.find(R"("v1")"), std::string::npos); // nothing is masked: no path
    EXPECT_LT(text.find(R"("v6")"), text.find(R"("v2")"));
}

TEST(PackedRows, LetNoTwoOfOneRowOverlap) {
    std::vector<html::Span> const spans{{0, 10}, {5, 7}, {10, 12}, {6, 20}, {7, 8}};
    auto const rows = html::packed_rows(spans);
    EXPECT_EQ(rows, (std::vector<std::size_t>{0, 1, 0, 2, 1}));
    EXPECT_EQ(html::row_count(rows), 3U);
    EXPECT_EQ(html::row_count(html::packed_rows({})), 0U);
}

TEST(BandPosition, LiesBetweenTheCentresOnALogScale) {
    std::vector<double> const bands{100.0, 200.0, 400.0};
    EXPECT_DOUBLE_EQ(html::band_position(bands, 200.0), 1.0);
    EXPECT_NEAR(html::band_position(bands, std::sqrt(200.0 * 400.0)), 1.5, 1e-12);
    EXPECT_EQ(html::band_position(bands, 20.0), 0.0);
    EXPECT_EQ(html::band_position(bands, 20'000.0), 2.0);
}

TEST(FrequencyTicks, StayInsideTheRange) {
    auto const ticks = html::frequency_ticks(90.0, 1'500.0);
    ASSERT_EQ(ticks.size(), 4U);
    EXPECT_EQ(ticks.front().text, "100");
    EXPECT_EQ(ticks.back().text, "1k");
}

MaskingFinding finding_with(std::vector<float> masked_db, std::vector<float> threshold_db) {
    MaskingFinding finding{.low_hz = 200.0, .high_hz = 400.0};
    finding.picture = {
        .masked_db = std::move(masked_db),
        .masker_db = std::vector<float>(threshold_db.size(), 10.0F),
        .threshold_db = std::move(threshold_db)};
    return finding;
}

std::string area_of(std::string const& picture) {
    auto const text = picture.substr(picture.find(R"(<path class="above")"));
    return attributes(text, "d").front();
}

TEST(SpectrumPicture, FillsOnlyWhatRisesAboveTheThreshold) {
    std::vector<double> const bands{100.0, 1'000.0, 10'000.0};
    auto const none =
        html::spectrum_picture(finding_with({20, 20, 20}, {30, 30, 30}), bands, "Vocals", "Drums");
    EXPECT_EQ(area_of(none), "");
    auto const half =
        html::spectrum_picture(finding_with({40, 20, 20}, {30, 30, 30}), bands, "Vocals", "Drums");
    // 60 dB over 240 units from 60 dB down: 40 dB at 80, 30 dB at 120; they meet half-way.
    EXPECT_EQ(area_of(half), "M0.0,80.0L150.0,120.0L150.0,120.0L0.0,120.0Z");
}

TEST(SpectrumPicture, IsLeftOutWhereThereIsNone) {
    EXPECT_EQ(html::spectrum_picture({}, {100.0, 1'000.0}, "Vocals", "Drums"), "");
    EXPECT_EQ(html::spectrum_picture(finding_with({1, 2}, {1, 2}), {100.0}, "a", "b"), "");
}

TEST(Waveform, FillsItsLaneAndIsMirrored) {
    auto const paths = attributes(html::waveform({0.0F, 0.25F, 0.5F}, "Drums"), "d");
    ASSERT_EQ(paths.size(), 2U);
    EXPECT_EQ(paths[1], "M0 50l0 0 1-25 1-25 1 0 0 100 -1 0 -1-25 -1-25z");
}

TEST(Waveform, IsALineForSilence) {
    for (auto const& peak : {std::vector<float>{}, std::vector<float>(700, 0.0F)}) {
        auto const paths = attributes(html::waveform(peak, "Drums"), "d");
        ASSERT_EQ(paths.size(), 2U);
        EXPECT_TRUE(paths[0].starts_with("M0 50h"));
    }
}

} // namespace

} // namespace stemlathe::test
