#include "tests/service/program.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

class MeasureCommand : public testing::Test {
  protected:
    TempFolder const temp{};
    std::filesystem::path const noise = temp.path() / "noise.wav";
    std::filesystem::path const other = temp.path() / "other.wav";
};

TEST_F(MeasureCommand, PrintsOneObjectPerFile) {
    write_stem(noise, 4.0, -20.0);
    write_stem(other, 4.0, -400.0); // silence
    auto const outcome = run_stemlathe({"measure", noise, other, "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    auto const list = outcome.json();
    ASSERT_EQ(list.as_array().size(), 2U);
    auto const& first = list.at_pointer("/0");
    EXPECT_EQ(std::string{first.at("file").as_string()}, noise.string());
    EXPECT_LT(first.at("integrated_lufs").as_double(), -10.0);
    for (auto const* key :
         {"loudness_range_lu",
          "momentary_max_lufs",
          "short_term_max_lufs",
          "true_peak_dbtp",
          "sample_peak_dbfs"}) {
        EXPECT_TRUE(first.at(key).is_number()) << key;
    }
    EXPECT_EQ(first.at("duration_s"), 4);
    EXPECT_TRUE(list.at_pointer("/1/integrated_lufs").is_null());
}

TEST_F(MeasureCommand, PrintsATableForPeople) {
    write_stem(noise, 4.0);
    auto const outcome = run_stemlathe({"measure", noise});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("LUFS"), std::string::npos);
    EXPECT_NE(outcome.out.find("4.000"), std::string::npos);
}

TEST_F(MeasureCommand, ExitsWithTwoForAFileThatIsNoAudio) {
    write_file(noise, "this is a letter, not a wave");
    auto const outcome = run_stemlathe({"measure", noise, "--json"});
    EXPECT_EQ(outcome.exit_code, 2);
    auto const document = outcome.json();
    EXPECT_EQ(document.at_pointer("/error/code"), "unreadable");
    EXPECT_EQ(std::string{document.at_pointer("/error/file").as_string()}, noise.string());
}

using CompareCommand = MeasureCommand;

TEST_F(CompareCommand, FindsNoDifferenceBetweenAFileAndItself) {
    write_stem(noise, 4.0);
    auto const outcome = run_stemlathe({"compare", noise, noise, "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    auto const comparison = outcome.json();
    EXPECT_EQ(comparison.at("gain_db"), 0);
    EXPECT_EQ(comparison.at("offset_samples"), 0);
    EXPECT_EQ(comparison.at("residual_db"), -300); // nothing at all
    EXPECT_TRUE(comparison.at("changed").as_array().empty());
}

TEST_F(CompareCommand, MatchesLoudnessBeforeItCompares) {
    write_stem(noise, 4.0, -20.0);
    write_stem(other, 4.0, -26.0);
    auto const outcome = run_stemlathe({"compare", noise, other, "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    auto const comparison = outcome.json();
    EXPECT_NEAR(comparison.at("gain_db").to_number<double>(), 6.0, 0.001);
    EXPECT_LT(comparison.at("residual_db").to_number<double>(), -100.0);
    EXPECT_TRUE(comparison.at("changed").as_array().empty());
}

TEST_F(CompareCommand, SaysWhereTwoFilesDiffer) {
    write_stem(noise, 4.0, -20.0, 1);
    write_stem(other, 4.0, -20.0, 2);
    auto const outcome = run_stemlathe({"compare", noise, other});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("Changed        0.0 s to"), std::string::npos) << outcome.out;
}

} // namespace

} // namespace stemlathe::test
