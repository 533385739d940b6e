#include "host/report/report_json.hpp"
#include "tests/host/sample_report.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

namespace json = boost::json;

json::value document_of(MasteringReport const& report) {
    return json::parse(report_json(report));
}

/// Contract section 3: the keys that programs rely on, in every report.
TEST(ReportJson, HasEveryKeyOfTheContract) {
    auto const document = document_of(sample_report());
    for (auto const* pointer :
         {"/schema",
          "/engine/version",
          "/engine/commit",
          "/engine/backend",
          "/engine/device",
          "/engine/threads",
          "/session/title",
          "/session/artist",
          "/session/duration_s",
          "/session/sample_rate_hz",
          "/session/stems",
          "/intake/verdict",
          "/intake/findings/0/code",
          "/intake/findings/0/severity",
          "/intake/findings/0/stem",
          "/intake/findings/0/start_s",
          "/intake/findings/0/end_s",
          "/intake/findings/0/measured",
          "/intake/findings/0/limit",
          "/intake/findings/0/unit",
          "/intake/findings/0/message",
          "/stems/0/file",
          "/stems/0/role",
          "/stems/0/integrated_lufs",
          "/stems/0/true_peak_dbtp",
          "/stems/0/crest_db",
          "/stems/0/correlation",
          "/mix/integrated_lufs",
          "/mix/true_peak_dbtp",
          "/mix/loudness_range_lu",
          "/mix/null_vs_reference",
          "/masking",
          "/comments",
          "/deliveries/0/profile",
          "/deliveries/0/within_spec",
          "/deliveries/0/failures",
          "/deliveries/0/integrated_lufs",
          "/deliveries/0/target_lufs",
          "/deliveries/0/true_peak_dbtp",
          "/deliveries/0/true_peak_limit_dbtp",
          "/deliveries/0/loudness_range_lu",
          "/deliveries/0/short_term_max_lufs",
          "/deliveries/0/momentary_max_lufs",
          "/deliveries/0/plr_db",
          "/deliveries/0/gain_reduction_max_db",
          "/deliveries/0/gain_reduction_mean_db",
          "/deliveries/0/files/0/path",
          "/deliveries/0/files/0/container",
          "/deliveries/0/files/0/codec",
          "/deliveries/0/files/0/sample_rate_hz",
          "/deliveries/0/files/0/bit_depth",
          "/deliveries/0/files/0/channels",
          "/deliveries/0/files/0/frames",
          "/deliveries/0/files/0/sha256",
          "/deliveries/1/failures/0/code",
          "/deliveries/1/failures/0/measured",
          "/deliveries/1/failures/0/limit",
          "/deliveries/1/failures/0/unit",
          "/deliveries/1/failures/0/message",
          "/timing/audio_s",
          "/timing/wall_s",
          "/timing/x_realtime",
          "/timing/peak_memory_bytes",
          "/timing/stages/0/name",
          "/timing/stages/0/wall_s"}) {
        json::error_code error;
        EXPECT_NE(document.find_pointer(pointer, error), nullptr) << pointer;
    }
}

TEST(ReportJson, SaysWhatWasMeasured) {
    auto const document = document_of(sample_report());
    EXPECT_EQ(document.at("schema"), "stemlathe.report/1");
    EXPECT_EQ(document.at_pointer("/session/title"), "Fire & <Water>");
    EXPECT_EQ(document.at_pointer("/intake/findings/0/severity"), "warn");
    EXPECT_EQ(document.at_pointer("/intake/findings/0/stem"), "02_<b>.wav");
    EXPECT_EQ(document.at_pointer("/stems/0/role"), "drums");
    EXPECT_EQ(document.at_pointer("/deliveries/0/files/0/bit_depth"), 24);
    EXPECT_EQ(document.at_pointer("/deliveries/0/integrated_lufs").as_double(), -14.02);
    EXPECT_EQ(document.at_pointer("/deliveries/0/plr_db").as_double(), 13.02);
    EXPECT_EQ(document.at_pointer("/deliveries/1/within_spec"), false);
    EXPECT_EQ(document.at_pointer("/deliveries/1/failures/0/code"), "loudness");
    EXPECT_EQ(document.at_pointer("/timing/x_realtime"), 120);
}

TEST(ReportJson, IsNullWhereNothingWasComputed) {
    auto const document = document_of(sample_report());
    EXPECT_TRUE(document.at("masking").is_null());
    EXPECT_TRUE(document.at("comments").is_null());
    EXPECT_TRUE(document.at_pointer("/mix/null_vs_reference").is_null());
    EXPECT_TRUE(document.at_pointer("/stems/1/integrated_lufs").is_null());
    EXPECT_TRUE(document.at_pointer("/intake/findings/0/start_s").is_null());
}

TEST(ReportJson, StaysWholeForAnEmptyReport) {
    auto const document = document_of(MasteringReport{});
    EXPECT_TRUE(document.at_pointer("/timing/x_realtime").is_null());
    EXPECT_TRUE(document.at("deliveries").as_array().empty());
}

TEST(ReportJson, NamesThePreviewedStretch) {
    auto report = sample_report();
    report.preview = PreviewRange{.from_s = 10.0, .to_s = 20.5};
    EXPECT_EQ(document_of(report).at_pointer("/session/preview/to_s").as_double(), 20.5);
}

TEST(IntakeJson, IsTheIntakeObjectAlone) {
    auto const report = sample_report();
    auto const document = json::parse(intake_json(report.verdict, report.findings));
    EXPECT_EQ(document, document_of(report).at("intake"));
}

TEST(CheckJson, IsTheSameAndTheNullTest) {
    auto report = sample_report();
    NullReading const reading{.offset_samples = 3, .gain_db = -0.5, .residual_db = -71.25};
    auto document = json::parse(check_json(report.verdict, report.findings, reading)).as_object();
    report.mix.null_vs_reference = reading;
    EXPECT_EQ(
        document.at("null_vs_reference"), document_of(report).at("mix").at("null_vs_reference")
    );
    EXPECT_EQ(document.at("null_vs_reference").at("residual_db"), -71.25);
    document.erase("null_vs_reference");
    EXPECT_EQ(json::value(document), document_of(report).at("intake"));
}

} // namespace

} // namespace stemlathe::test
