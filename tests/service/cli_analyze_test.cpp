#include "tests/service/program.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

class AnalyzeCommand : public testing::Test {
  protected:
    void SetUp() override {
        write_session(song, 4.0);
    }

    TempFolder const temp{};
    std::filesystem::path const song = temp.path() / "song";
    std::filesystem::path const out = temp.path() / "out";
};

TEST_F(AnalyzeCommand, WritesAReportAndNoMasters) {
    auto const outcome = run_stemlathe({"analyze", song, "--out", out, "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    auto const report = outcome.json();
    EXPECT_EQ(outcome.out, read_file(out / "report.json"));
    EXPECT_TRUE(report.at("masking").is_object());
    EXPECT_TRUE(report.at("masking").at("score_after").is_null());
    EXPECT_TRUE(report.at("deliveries").as_array().empty());
    EXPECT_TRUE(std::filesystem::exists(out / "report.html"));
    EXPECT_FALSE(std::filesystem::exists(out / "masters"));
    EXPECT_FALSE(std::filesystem::exists(out / "plan.toml"));
}

TEST_F(AnalyzeCommand, PrintsASummaryForPeople) {
    auto const outcome = run_stemlathe({"analyze", song, "--out", out});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("x realtime"), std::string::npos);
    EXPECT_NE(outcome.out.find((out / "report.html").string()), std::string::npos);
}

TEST_F(AnalyzeCommand, WritesEveryMarginWhereAsked) {
    auto const margins = temp.path() / "margins.csv";
    auto const outcome = run_stemlathe(
        {"analyze",
         song,
         "--out",
         out,
         "--margins",
         margins,
         "--from",
         "1",
         "--to",
         "1.1",
         "--field",
         "free",
         "--masking-profile",
         "mgb97",
         "--spl-at-full-scale",
         "100",
         "--quiet"}
    );
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.out + outcome.err, "");
    auto const table = read_file(margins);
    EXPECT_EQ(
        table.rfind("time_s,stem,ear,band_hz,excitation_db,threshold_db,margin_db\n1.0", 0), 0U
    );
    auto const report = boost::json::parse(read_file(out / "report.json"));
    EXPECT_EQ(report.at("masking").at("profile"), "mgb97");
    EXPECT_EQ(report.at("masking").at("field"), "free");
    EXPECT_EQ(report.at("masking").at("calibration_db_spl").to_number<double>(), 100.0);
}

TEST_F(AnalyzeCommand, NeverTakesThePlaceOfMasters) {
    std::filesystem::create_directories(out / "masters" / "streaming");
    auto const outcome = run_stemlathe({"analyze", song, "--out", out});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("choose another folder"), std::string::npos) << outcome.err;
    EXPECT_TRUE(std::filesystem::exists(out / "masters" / "streaming"));
}

TEST_F(AnalyzeCommand, LeavesNoTableBehindWhenItFails) {
    auto const margins = temp.path() / "no-such-folder" / "margins.csv";
    auto const outcome = run_stemlathe({"analyze", song, "--out", out, "--margins", margins});
    EXPECT_NE(outcome.exit_code, 0);
    EXPECT_NE(outcome.err.find("margins.csv"), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(out / "report.json"));
}

} // namespace

} // namespace stemlathe::test
