#include "tests/service/program.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace stemlathe::test {

namespace {

class CheckCommand : public testing::Test {
  protected:
    TempFolder const temp{};
    std::filesystem::path const song = temp.path() / "song";

    /// The codes of what was found, in their order.
    static std::vector<std::string> codes_of(boost::json::value const& intake) {
        std::vector<std::string> codes;
        for (auto const& finding : intake.at("findings").as_array()) {
            codes.emplace_back(finding.at("code").as_string());
        }
        return codes;
    }
};

TEST_F(CheckCommand, PrintsTheIntakeObject) {
    write_session(song);
    write_stem(song / "03_Vocals.wav", 2.0, -400.0); // silence
    auto const outcome = run_stemlathe({"check", song, "--json"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    auto const intake = outcome.json();
    EXPECT_EQ(intake.at("verdict"), "warn");
    auto const codes = codes_of(intake);
    EXPECT_NE(std::ranges::find(codes, "silent"), codes.end());
    EXPECT_EQ(codes.back(), "no_reference_mix") << "what matters most comes first";
}

TEST_F(CheckCommand, SaysOfACleanSessionInFourLinesThatItAddsUp) {
    ASSERT_EQ(run_stemlathe({"demo", song, "--seconds", "8"}).exit_code, 0);
    auto const words = run_stemlathe({"check", song});
    EXPECT_EQ(words.exit_code, 0) << words.err;
    EXPECT_EQ(std::ranges::count(words.out, '\n'), 4) << words.out;
    EXPECT_NE(words.out.find("Null test: taken from the reference mix"), std::string::npos)
        << words.out;
    EXPECT_NE(words.out.find("Nothing is wrong: it can be mastered."), std::string::npos);

    auto const intake = run_stemlathe({"check", song, "--json"}).json();
    EXPECT_EQ(intake.at("verdict"), "accept");
    EXPECT_LT(intake.at_pointer("/null_vs_reference/residual_db").to_number<double>(), -60.0);

    std::filesystem::remove(song / "Reference_Mix.wav");
    std::filesystem::remove(song / "session.toml"); // which names it
    EXPECT_TRUE(run_stemlathe({"check", song, "--json"}).json().at("null_vs_reference").is_null());
    EXPECT_EQ(run_stemlathe({"check", song}).out.find("Null test"), std::string::npos);
}

TEST_F(CheckCommand, ExitsWithThreeForWhatCannotBeMastered) {
    write_session(song);
    write_file(song / "03_Vocals.wav", "");
    auto const outcome = run_stemlathe({"check", song, "--json"});
    EXPECT_EQ(outcome.exit_code, 3);
    auto const intake = outcome.json();
    EXPECT_EQ(intake.at("verdict"), "refuse");
    EXPECT_EQ(codes_of(intake).front(), "empty");
    auto const words = run_stemlathe({"check", song, "--quiet"});
    EXPECT_EQ(words.exit_code, 3);
    EXPECT_NE(words.out.find("Refused: 1 finding must be mended first."), std::string::npos);
}

TEST_F(CheckCommand, RefusesPoorSourcesWhereTheSessionIsStrict) {
    write_session(song);
    write_stem(song / "03_Vocals.wav", 2.0, -400.0);
    write_file(song / "session.toml", "[intake]\nstrict = true\n");
    EXPECT_EQ(run_stemlathe({"check", song, "--json"}).exit_code, 3);
    auto const out = (temp.path() / "out").string();
    auto const master = run_stemlathe({"master", song, "--out", out, "--deliver", "streaming"});
    EXPECT_EQ(master.exit_code, 3);
    EXPECT_FALSE(std::filesystem::exists(temp.path() / "out" / "masters"));
}

TEST_F(CheckCommand, ExitsWithTwoWithoutASession) {
    EXPECT_EQ(run_stemlathe({"check"}).exit_code, 2);
    EXPECT_EQ(run_stemlathe({"check", (temp.path() / "nowhere").string()}).exit_code, 2);
}

} // namespace

} // namespace stemlathe::test
