#include "formats/atomic_file.hpp"
#include "tests/service/program.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace stemlathe::test {

namespace {

/// Long enough that no machine is through with it before the signal comes.
constexpr double kLong_s = 120.0;

class Interrupt : public testing::TestWithParam<int> {
  protected:
    void SetUp() override {
        write_session(song, kLong_s);
        write_text(plan, "[masking]\nfix = \"off\"\n");
    }

    TempFolder const temp{};
    std::filesystem::path const song = temp.path() / "song";
    std::filesystem::path const out = temp.path() / "out";
    std::filesystem::path const plan =
        temp.path() / "plan.toml"; ///< no analysis: sooner at "deliver"
};

TEST_P(Interrupt, StopsMasterAndLeavesNothing) {
    for (auto const* stage : {"survey", "render", "deliver"}) {
        Program program{{"master", song, "--out", out, "--plan", plan}};
        ASSERT_TRUE(program.await(stage)) << program.outcome().err;
        program.send(GetParam());
        auto const outcome = program.outcome();
        EXPECT_EQ(outcome.exit_code, 130) << outcome.err;
        EXPECT_NE(outcome.err.find("stopped on request"), std::string::npos) << outcome.err;
        EXPECT_FALSE(std::filesystem::exists(out)) << stage;
    }
}

TEST_P(Interrupt, IsAnErrorObjectWithJson) {
    Program program{{"master", song, "--out", out, "--json"}};
    ASSERT_TRUE(program.await("survey")) << program.outcome().err;
    program.send(GetParam());
    auto const outcome = program.outcome();
    EXPECT_EQ(outcome.exit_code, 130);
    auto const document = outcome.json();
    EXPECT_EQ(document.at_pointer("/error/code"), "cancelled");
}

INSTANTIATE_TEST_SUITE_P(
    BySignal,
    Interrupt,
    testing::Values(SIGINT, SIGTERM),
    [](auto const& test) { return test.param == SIGINT ? "Int" : "Term"; }
);

} // namespace

} // namespace stemlathe::test
