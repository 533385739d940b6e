#include "tests/service/program.hpp"
#include "tests/support/temp_folder.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

class VerifyCommand : public testing::Test {
  protected:
    void SetUp() override {
        write_session(song, 4.0);
        auto const outcome =
            run_stemlathe({"master", song, "--out", out, "--deliver", "streaming"});
        ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    }

    TempFolder const temp{};
    std::filesystem::path const song = temp.path() / "song";
    std::filesystem::path const out = temp.path() / "out";
    std::filesystem::path const sheet = out / "masters/streaming/qc.json";
};

TEST_F(VerifyCommand, SaysInASentenceThatAllIsAsDelivered) {
    auto const words = run_stemlathe({"verify", out});
    EXPECT_EQ(words.exit_code, 0) << words.out << words.err;
    EXPECT_NE(words.out.find("is what was delivered (1 package, "), std::string::npos) << words.out;
    EXPECT_NE(words.out.find(" and meets its spec.\n"), std::string::npos) << words.out;
    EXPECT_EQ(run_stemlathe({"verify", out, "--quiet"}).out, "");
    auto const alone = run_stemlathe({"verify", out / "masters/streaming", "--json"});
    EXPECT_EQ(alone.exit_code, 0);
    auto const document = alone.json();
    EXPECT_EQ(document.at("intact"), true);
    EXPECT_EQ(document.at("within_spec"), true);
    EXPECT_EQ(document.at("measured"), 1);
    EXPECT_TRUE(document.at("discrepancies").as_array().empty());
}

TEST_F(VerifyCommand, ExitsWithFourWhereSomethingIsNot) {
    write_file(sheet, read_file(sheet) + " ");
    auto const words = run_stemlathe({"verify", out, "--quiet"});
    EXPECT_EQ(words.exit_code, 4);
    EXPECT_NE(words.out.find("is not what was delivered any more: 1 longer"), std::string::npos)
        << words.out;
    auto const document = run_stemlathe({"verify", out, "--json"}).json();
    EXPECT_EQ(document.at("intact"), false);
    EXPECT_EQ(document.at_pointer("/discrepancies/0/code"), "longer");
    EXPECT_EQ(document.at_pointer("/discrepancies/0/path"), "masters/streaming/qc.json");
}

TEST_F(VerifyCommand, ExitsWithTwoWhereThereIsNothingToVerify) {
    for (auto const& folder : {temp.path() / "none", song}) {
        auto const outcome = run_stemlathe({"verify", folder, "--json"});
        EXPECT_EQ(outcome.exit_code, 2) << folder;
        EXPECT_TRUE(outcome.json().as_object().contains("error"));
    }
    EXPECT_EQ(run_stemlathe({"verify"}).exit_code, 2);
}

} // namespace

} // namespace stemlathe::test
