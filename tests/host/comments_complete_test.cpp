#include "host/comments/complete.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

namespace stemlathe::test {

namespace {

CommentReading measured_at(double from_s, double to_s, std::string const& stem = "") {
    CommentReading reading{.comment = {.start_s = from_s, .end_s = to_s, .stem = stem}};
    reading.measurements.from_s = from_s;
    reading.measurements.to_s = to_s;
    reading.measurements.stem_levels = {{.stem = "a.wav"}, {.stem = "b.wav"}};
    return reading;
}

TEST(CompletedComments, HaveTheMeanLevelOfTheMoment) {
    MasteringReport report;
    report.stems = {{.file = "a.wav"}, {.file = "c.wav"}};
    report.stems[0].level_lufs = std::vector<float>(100, -300.0F);
    report.stems[0].level_lufs[20] = -20.0F;
    report.stems[0].level_lufs[21] = -26.0F;
    std::vector<CommentReading> readings{measured_at(2.0, 2.2), measured_at(3.0, 4.0)};
    complete(readings, report);
    auto const level_db = 10.0 * std::log10((std::pow(10.0, -2.0) + std::pow(10.0, -2.6)) / 2.0);
    EXPECT_NEAR(readings[0].measurements.stem_levels[0].level_lufs.value_or(0.0), level_db, 1e-9);
    EXPECT_FALSE(readings[0].measurements.stem_levels[1].level_lufs);
    EXPECT_FALSE(readings[1].measurements.stem_levels[0].level_lufs) << "silence";
}

TEST(CompletedComments, HaveTheDeepestGainReductionOfAnyDelivery) {
    MasteringReport report;
    report.deliveries.resize(3);
    report.deliveries[0].plan.sample_rate_hz = 51'200; // 512 frames are 10 ms
    report.deliveries[0].gain_reduction_db = std::vector<float>(1000, 1.0F);
    report.deliveries[0].gain_reduction_db[250] = 3.5F;
    report.deliveries[1].plan.sample_rate_hz = 25'600; // 20 ms
    report.deliveries[1].gain_reduction_db = std::vector<float>(500, 0.5F);
    report.deliveries[1].gain_reduction_db[200] = 6.0F; // 4.0 s
    std::vector<CommentReading> readings{
        measured_at(2.0, 3.0), measured_at(3.9, 4.1), measured_at(0.0, 0.0)};
    complete(readings, report);
    EXPECT_EQ(readings[0].measurements.gain_reduction_db, 3.5);
    EXPECT_EQ(readings[1].measurements.gain_reduction_db, 6.0);
    EXPECT_FALSE(readings[2].measurements.gain_reduction_db);

    report.preview = PreviewRange{.from_s = 10.0, .to_s = 20.0};
    readings = {measured_at(12.0, 13.0)};
    complete(readings, report);
    EXPECT_EQ(readings[0].measurements.gain_reduction_db, 3.5) << "traces begin at 10 s";
}

TEST(CompletedComments, KnowTheMaskingOfTheMoment) {
    MasteringReport report;
    report.masking.emplace();
    for (auto const& [masked, start_s, end_s] :
         std::vector<std::tuple<char const*, double, double>>{
             {"a.wav", 0.0, 2.0}, {"b.wav", 1.0, 2.5}, {"c.wav", 2.9, 9.0}, {"a.wav", 3.0, 4.0}}) {
        report.masking->findings.push_back(
            {.masked = masked, .masker = "d.wav", .start_s = start_s, .end_s = end_s}
        );
    }
    std::vector<CommentReading> readings{
        measured_at(2.0, 3.0), measured_at(2.0, 3.0, "b.wav"), measured_at(2.0, 3.0, "d.wav")};
    complete(readings, report);
    EXPECT_EQ(readings[0].measurements.masking_findings, (std::vector<std::size_t>{1, 2}));
    EXPECT_EQ(readings[1].measurements.masking_findings, (std::vector<std::size_t>{1}));
    EXPECT_EQ(readings[2].measurements.masking_findings, (std::vector<std::size_t>{1, 2}));
    complete(readings, report);
    EXPECT_EQ(readings[0].measurements.masking_findings.size(), 2U) << "not twice";
}

} // namespace

} // namespace stemlathe::test
