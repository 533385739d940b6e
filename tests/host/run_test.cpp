#include "host/run.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace stemlathe::test {

namespace {

class JobRun : public ::testing::Test {
  protected:
    Tasks tasks{1};
    std::stop_source stop;
    std::vector<Progress> seen;
    stemlathe::Run run{tasks, stop.get_token(), [this](Progress const& progress) {
                           seen.push_back(progress);
                       }};
};

TEST_F(JobRun, NamesItsStagesAndNeverGoesBack) {
    run.begin("survey", 10.0);
    run.advance(1, 2);
    run.begin("render", 60.0);
    run.begin("deliver", 30.0);
    run.end();
    ASSERT_GE(seen.size(), 3U);
    EXPECT_EQ(seen.front().stage, "survey");
    EXPECT_EQ(seen.back().stage, "deliver");
    EXPECT_NEAR(seen.back().percent, 70.0, 1e-9);
    EXPECT_TRUE(std::ranges::is_sorted(seen, {}, &Progress::percent));
    ASSERT_EQ(run.times().size(), 3U);
    EXPECT_EQ(run.times()[1].name, "render");
}

TEST_F(JobRun, StopsWhenAsked) {
    run.begin("survey", 10.0);
    stop.request_stop();
    EXPECT_TRUE(fails_with(Code::cancelled, "stopped", [&] { run.advance(1, 2); }));
    EXPECT_TRUE(fails_with(Code::cancelled, "stopped", [&] { run.begin("render", 60.0); }));
}

TEST_F(JobRun, SurvivesStagesOfNothing) {
    run.begin("survey", 100.0);
    run.advance(0, 0);
    run.begin("more than all", 50.0);
    EXPECT_LE(seen.back().percent, 100.0);
}

TEST(RunThreads, MayAllReportAtOnce) {
    Tasks tasks{3};
    std::stop_source const stop;
    int calls = 0;
    stemlathe::Run run{tasks, stop.get_token(), [&](Progress const&) {
                           ++calls;
                       }};
    run.begin("render", 100.0);
    tasks.for_each(300, [&](std::size_t i) { run.advance(static_cast<std::int64_t>(i), 300); });
    run.end();
    EXPECT_GE(calls, 1);
}

} // namespace

} // namespace stemlathe::test
