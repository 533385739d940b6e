#include "host/report/report_json.hpp"
#include "tests/host/sample_masking.hpp"
#include "tests/host/sample_report.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <cmath>

namespace stemlathe::test {

namespace {

namespace json = boost::json;

json::value const& document() {
    static auto const parsed = json::parse(report_json(sample_report_with_masking()));
    return parsed;
}

json::value const& at(char const* pointer) {
    return document().at_pointer(pointer);
}

/// Contract section 3, and what section 3 promises beside its example.
TEST(MaskingJson, HasEveryKeyOfTheContract) {
    for (auto const* pointer :
         {"/masking/calibration_db_spl",
          "/masking/bands_hz",
          "/masking/hop_s",
          "/masking/score_before",
          "/masking/score_after",
          "/masking/pairs/0/masker",
          "/masking/pairs/0/masked",
          "/masking/pairs/0/shortfall_db",
          "/masking/pairs/0/percent_of_time",
          "/masking/findings/0/masked",
          "/masking/findings/0/masker",
          "/masking/findings/0/start_s",
          "/masking/findings/0/end_s",
          "/masking/findings/0/low_hz",
          "/masking/findings/0/high_hz",
          "/masking/findings/0/margin_db",
          "/masking/findings/0/target_db",
          "/masking/findings/0/severity",
          "/masking/findings/0/masker_share",
          "/masking/findings/0/confidence",
          "/masking/findings/0/message",
          "/masking/findings/0/recurring",
          "/masking/findings/0/occurrences",
          "/masking/findings/0/fix/stem",
          "/masking/findings/0/fix/type",
          "/masking/findings/0/fix/hz",
          "/masking/findings/0/fix/gain_db",
          "/masking/findings/0/fix/q",
          "/masking/findings/0/fix/dynamic",
          "/masking/findings/0/fix/predicted_margin_db",
          "/masking/findings/0/fix/measured_margin_db",
          "/comments/0/start_s",
          "/comments/0/end_s",
          "/comments/0/text",
          "/comments/0/measurements/stem_levels_db",
          "/comments/0/measurements/band_excess_db",
          "/comments/0/measurements/sibilance_db",
          "/comments/0/measurements/gain_reduction_db",
          "/comments/0/proposal/start_s",
          "/comments/0/proposal/end_s",
          "/comments/0/proposal/gain_db",
          "/comments/0/proposal/fade_s",
          "/comments/0/proposal/eq/0/type",
          "/comments/0/proposal/eq/0/hz",
          "/comments/0/proposal/eq/0/gain_db",
          "/comments/0/proposal/eq/0/q"}) {
        json::error_code error;
        EXPECT_NE(document().find_pointer(pointer, error), nullptr) << pointer;
    }
}

TEST(MaskingJson, SaysWhatWasMeasured) {
    EXPECT_EQ(at("/masking/bands_hz").as_array().size(), 75U);
    EXPECT_EQ(at("/masking/findings").as_array().size(), 13U);
    EXPECT_EQ(at("/masking/findings/0/margin_db").as_double(), 2.1);
    EXPECT_EQ(at("/masking/findings/0/maskers/1/stem"), "05_FX.wav");
    EXPECT_EQ(at("/masking/findings/0/fix/measured_margin_db").as_double(), 5.4);
    EXPECT_EQ(at("/masking/findings/2/recurring"), true);
    EXPECT_EQ(at("/masking/findings/2/occurrences"), 34);
    EXPECT_EQ(at("/masking/findings/5/fix/type"), "pan");
    EXPECT_EQ(at("/masking/findings/5/fix/pan").as_double(), 0.3);
    EXPECT_EQ(at("/masking/pairs/7/layered"), true);
}

TEST(MaskingJson, IsNullWhereThereIsNothing) {
    EXPECT_TRUE(at("/masking/findings/8/fix").is_null());
    EXPECT_TRUE(at("/masking/findings/4/fix/measured_margin_db").is_null());
    EXPECT_TRUE(at("/masking/findings/5/fix/hz").is_null());
    EXPECT_TRUE(at("/comments/2/proposal").is_null());
    EXPECT_TRUE(at("/comments/1/measurements/sibilance_db").is_null());
    auto report = sample_report_with_masking();
    auto masking = report.masking.value_or(MaskingReading{});
    masking.score_after = std::nullopt;
    masking.findings.at(0).margin_db = -INFINITY;
    report.masking = masking;
    auto const text = json::parse(report_json(report));
    EXPECT_TRUE(text.at_pointer("/masking/score_after").is_null());
    EXPECT_TRUE(text.at_pointer("/masking/findings/0/margin_db").is_null());
}

TEST(MaskingJson, KeepsPicturesForThePage) {
    EXPECT_EQ(document().at("masking").as_object().if_contains("maps"), nullptr);
    EXPECT_EQ(at("/masking/findings/0").as_object().if_contains("picture"), nullptr);
}

TEST(CommentJson, GivesLevelsAndBandsByStem) {
    EXPECT_EQ(at("/comments/0/measurements/stem_levels_db/03_Vocals.wav").as_double(), 2.1);
    EXPECT_EQ(at("/comments/0/measurements/stem_levels_lufs/03_Vocals.wav").as_double(), -17.1);
    EXPECT_TRUE(at("/comments/0/measurements/stem_levels_db/05_FX.wav").is_null());
    EXPECT_EQ(
        at("/comments/0/measurements/band_excess_db/03_Vocals.wav/sibilance").as_double(), 4.6
    );
    EXPECT_EQ(at("/comments/1/measurements/masking_findings/1"), 2);
}

TEST(CommentJson, ProposesARegionOfAStemsPlan) {
    EXPECT_EQ(at("/comments/0/proposal/stem"), "03_Vocals.wav");
    EXPECT_EQ(at("/comments/0/proposal/eq/0/type"), "bell");
    EXPECT_EQ(at("/comments/0/proposal/eq/0/gain_db").as_double(), -2.5);
    EXPECT_EQ(at("/comments/0/applied"), false);
    EXPECT_EQ(at("/comments/1/applied"), true);
    EXPECT_EQ(at("/comments/2/anchored"), false);
}

} // namespace

} // namespace stemlathe::test
