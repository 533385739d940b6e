#include "kernels/base/failure.hpp"
#include "tests/service/agent/agent_fixture.hpp"

#include <atomic>

namespace stemlathe::test {

namespace {

class Cancel : public AgentTest {};

TEST_F(Cancel, EndsAWaitingJobAtOnce) {
    auto const job = site.enqueue("ses_1");
    EXPECT_TRUE(site.cancel(job));
    EXPECT_EQ(site.state(job), "canceled");
    EXPECT_EQ(events("render.canceled"), 1);
    auto const agent = site.agent(WorkSite::settings("honest"));
    auto const next = site.enqueue("ses_1");
    agent->work_arrived();
    ASSERT_TRUE(ends(next));
    EXPECT_TRUE(site.attempts(job).empty());
}

TEST_F(Cancel, EndsARunningJobWhetherItsExecutorObeysOrNot) {
    for (auto const* const manner : {"slow", "deaf"}) {
        auto const job = site.enqueue("ses_1");
        auto const agent = site.agent(WorkSite::settings(manner));
        ASSERT_TRUE(comes_true([&] { return site.state(job) == "leased"; }));
        EXPECT_TRUE(site.cancel(job));
        ASSERT_TRUE(ends(job)) << manner;
        EXPECT_EQ(site.state(job), "canceled") << manner;
        EXPECT_TRUE(site.outputs(job).empty());
        agent->drain();
        EXPECT_EQ(site.work_folders(), 0U);
    }
    EXPECT_EQ(events("render.canceled"), 2);
}

class Drain : public AgentTest {};

TEST_F(Drain, LetsRunningJobsFinishAndTakesNoMore) {
    auto const running = site.enqueue("ses_1");
    auto const agent = site.agent(WorkSite::settings("slow"));
    ASSERT_TRUE(comes_true([&] { return site.state(running) == "leased"; }));
    auto const waiting = site.enqueue("ses_1");
    agent->drain();
    EXPECT_EQ(site.state(running), "succeeded");
    EXPECT_EQ(site.state(waiting), "queued");
}

TEST_F(Drain, GivesBackWhatDoesNotFinish) {
    auto const job = site.enqueue("ses_1", "render", 1);
    auto settings = WorkSite::settings("deaf");
    settings.drain = std::chrono::milliseconds{100};
    auto agent = site.agent(settings);
    ASSERT_TRUE(comes_true([&] { return site.state(job) == "leased"; }));
    agent->drain();
    EXPECT_EQ(site.state(job), "queued");
    EXPECT_EQ(site.status(job).attempt, 0) << "a drain is not the job's fault";
    EXPECT_EQ(site.attempts(job).front().outcome, "released");
    agent.reset();
    EXPECT_EQ(site.count("SELECT count(*) AS count FROM worker"), 0);

    auto const next = site.agent(WorkSite::settings("honest"));
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(site.state(job), "succeeded");
}

class SmallJobs : public AgentTest {};

TEST_F(SmallJobs, AreDoneWithoutAnExecutor) {
    auto const job = site.enqueue("ses_1", "probe");
    auto const agent = site.agent(
        WorkSite::settings("unusable"),
        [](service::Lease const& lease, std::stop_token const&) {
            return "{\"job\":\"" + lease.job + "\"}";
        }
    );
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(site.state(job), "succeeded");
    EXPECT_EQ(site.status(job).result, "{\"job\":\"" + job + "\"}");
}

/// A file may hang its decoder: whoever ends the service does not wait for it.
TEST_F(SmallJobs, AreGivenBackSoonWhenTheWorkerGoes) {
    auto const job = site.enqueue("ses_1", "probe");
    auto settings = WorkSite::settings("unusable");
    settings.drain = std::chrono::hours{1};
    auto const agent = site.agent(
        settings,
        [&](service::Lease const&, std::stop_token const& stop) -> std::string {
            EXPECT_TRUE(comes_true([&] { return stop.stop_requested(); }));
            throw Failure{Code::cancelled, "stopped on request"};
        }
    );
    ASSERT_TRUE(comes_true([&] { return site.state(job) == "leased"; }));
    agent->drain(); // returns within a test's time, not after an hour
    EXPECT_EQ(site.state(job), "queued");
    ASSERT_EQ(site.attempts(job).size(), 1U);
    EXPECT_EQ(site.attempts(job).front().outcome, "released");
}

TEST_F(SmallJobs, AreToldWhenTheyAreCancelled) {
    auto const job = site.enqueue("ses_1", "probe");
    std::atomic<bool> was_asked{false};
    auto const agent = site.agent(
        WorkSite::settings("unusable"),
        [&](service::Lease const&, std::stop_token const& stop) -> std::string {
            was_asked = comes_true([&] { return stop.stop_requested(); });
            throw Failure{Code::cancelled, "stopped on request"};
        }
    );
    ASSERT_TRUE(comes_true([&] { return site.state(job) == "leased"; }));
    EXPECT_TRUE(site.cancel(job));
    ASSERT_TRUE(ends(job));
    EXPECT_TRUE(was_asked);
    EXPECT_EQ(site.state(job), "canceled");
}

} // namespace

} // namespace stemlathe::test
