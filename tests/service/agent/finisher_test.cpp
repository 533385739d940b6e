#include "tests/service/agent/agent_fixture.hpp"

#include <algorithm>
#include <csignal>

namespace stemlathe::test {

namespace {

class Finishing : public AgentTest {
  protected:
    [[nodiscard]] bool comes_to_its_review(std::string const& job) {
        return comes_true([&] { return site.status(job).stage == "review"; });
    }

    [[nodiscard]] std::int64_t leased() {
        return site.count("SELECT count(*) AS count FROM job WHERE state='leased'");
    }
};

TEST_F(Finishing, PublishesWhatABrowserPlaysWithTheMasterItIsMadeOf) {
    auto const job = site.enqueue("ses_1");
    auto const agent = site.agent(WorkSite::settings("review"));
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(site.state(job), "succeeded") << site.status(job).error.value_or("");
    EXPECT_EQ(
        site.outputs(job),
        (std::vector<std::string>{
            "manifest.json",
            "masters/streaming/song.wav",
            "report.html",
            "report.json",
            "review/review.mp3"})
    );
    EXPECT_EQ(
        site.count("SELECT count(DISTINCT digest) AS count FROM output WHERE name IN "
                   "('review/review.mp3', 'masters/streaming/song.wav')"),
        1 // the fake's review is a copy
    );
}

TEST_F(Finishing, GoesOnBesideTheNextJobsRenderingAndNotBesideMore) {
    std::vector<std::string> jobs(4);
    std::ranges::generate(jobs, [&] { return site.enqueue("ses_1"); });
    auto const agent = site.agent(WorkSite::settings("slow-review"));
    std::int64_t most = 0;
    ASSERT_TRUE(comes_true([&] {
        most = std::max(most, leased());
        return std::ranges::all_of(jobs, [&](auto const& job) {
            return site.state(job) == "succeeded";
        });
    }));
    EXPECT_EQ(most, 2);
    for (auto const& job : jobs) {
        EXPECT_EQ(site.attempts(job).size(), 1U);
    }
}

TEST_F(Finishing, CanBeCancelledAndPublishesNothingThen) {
    auto const job = site.enqueue("ses_1");
    auto const agent = site.agent(WorkSite::settings("slow-review"));
    ASSERT_TRUE(comes_to_its_review(job));
    EXPECT_TRUE(site.cancel(job));
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(site.state(job), "canceled");
    EXPECT_TRUE(site.outputs(job).empty());
    agent->drain();
    EXPECT_EQ(site.work_folders(), 0U);
}

TEST_F(Finishing, CountsACrashAsTheJobs) {
    auto const job = site.enqueue("ses_1", "render", 2);
    auto const agent = site.agent(WorkSite::settings("crash-review"));
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(site.state(job), "dead");
    EXPECT_TRUE(site.outputs(job).empty());
}

TEST_F(Finishing, SurvivesAKillOfItsExecutor) {
    auto const job = site.enqueue("ses_1");
    auto const agent = site.agent(WorkSite::settings("slow-review"));
    ASSERT_TRUE(comes_to_its_review(job));
    ASSERT_TRUE(comes_true([&] { return agent->executors().size() == 2; }));
    ::kill(agent->executors().back(), SIGKILL);
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(site.state(job), "succeeded");
    EXPECT_EQ(site.attempts(job).size(), 2U);
    EXPECT_EQ(site.attempts(job).front().outcome, "broken");
}

TEST_F(Finishing, IsWaitedForByADrain) {
    auto const job = site.enqueue("ses_1");
    auto const agent = site.agent(WorkSite::settings("slow-review"));
    ASSERT_TRUE(comes_to_its_review(job));
    agent->drain();
    EXPECT_EQ(site.state(job), "succeeded");
}

TEST_F(Finishing, IsGivenBackWhereTheDrainsTimeIsOver) {
    auto const job = site.enqueue("ses_1");
    auto settings = WorkSite::settings("slow-review");
    settings.drain = std::chrono::milliseconds{50};
    auto const agent = site.agent(settings);
    ASSERT_TRUE(comes_to_its_review(job));
    agent->drain();
    EXPECT_EQ(site.state(job), "queued");
    EXPECT_EQ(site.attempts(job).front().outcome, "released");
}

} // namespace

} // namespace stemlathe::test
