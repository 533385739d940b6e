#include "kernels/base/failure.hpp"
#include "tests/service/agent/agent_fixture.hpp"
#include "tests/service/store/dice.hpp"

#include <poll.h>

#include <atomic>
#include <csignal>
#include <set>

namespace stemlathe::test {

namespace {

class Kill : public AgentTest {
  protected:
    [[nodiscard]] bool all_succeeded() {
        return site.count("SELECT count(*) AS count FROM job WHERE state<>'succeeded'") == 0;
    }

    /// Each job: one set of outputs, all of one lease, one event; no attempt without an end.
    void expect_one_result_each(std::vector<std::string> const& jobs) {
        EXPECT_EQ(events("render.succeeded"), std::ssize(jobs));
        EXPECT_EQ(events("render.failed"), 0);
        for (auto const& job : jobs) {
            EXPECT_EQ(
                site.outputs(job),
                (std::vector<std::string>{"manifest.json", "report.html", "report.json"})
            );
        }
        EXPECT_EQ(site.count("SELECT count(*) AS count FROM attempt WHERE ended IS NULL"), 0);
        EXPECT_EQ(
            site.count("SELECT count(*) AS count FROM attempt WHERE outcome='succeeded'"),
            std::ssize(jobs)
        );
        EXPECT_EQ(
            site.count("SELECT count(*) AS count FROM output o JOIN job j ON "
                       "j.id=o.job WHERE o.fence<>j.fence"),
            0
        );
    }
};

TEST_F(Kill, FortyExecutorsAndEveryJobHasOneResult) {
    std::vector<std::string> jobs;
    for (int i = 0; i < 20; ++i) {
        jobs.push_back(site.enqueue("ses_1", "render", 1'000));
    }
    auto settings = WorkSite::settings("brisk");
    settings.devices = {"a", "b"};
    auto const agent = site.agent(settings);
    Dice dice{4};
    std::set<pid_t> killed;
    ASSERT_TRUE(comes_true([&] {
        ::poll(nullptr, 0, static_cast<int>(dice.number(5, 75))); // a job takes a tenth of a second
        auto const processes = agent->executors();
        auto const process =
            processes[static_cast<std::size_t>(dice.number(0, std::ssize(processes) - 1))];
        if (process > 0 && killed.size() < 40 && killed.insert(process).second) {
            ::kill(process, SIGKILL);
        }
        site.hurry();
        return killed.size() == 40;
    }));
    ASSERT_TRUE(comes_true([&] {
        site.hurry();
        return all_succeeded();
    }));
    agent->drain();
    expect_one_result_each(jobs);
    EXPECT_EQ(site.work_folders(), 0U);
    EXPECT_GT(site.count("SELECT count(*) AS count FROM attempt WHERE outcome='broken'"), 5)
        << "most were killed while they had nothing to do, so this shows little";
}

TEST_F(Kill, AnExecutorThatIsStoppedForLongerThanTheLeaseIsReplaced) {
    auto const job = site.enqueue("ses_1");
    auto const agent = site.agent(WorkSite::settings("slow"));
    ASSERT_TRUE(comes_true([&] { return site.status(job).progress > 0; }));
    auto const process = agent->executors().front();
    ASSERT_GT(process, 0);
    ::kill(process, SIGSTOP);
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(site.state(job), "succeeded");
    ASSERT_EQ(site.attempts(job).size(), 2U);
    EXPECT_EQ(site.attempts(job).front().outcome, "broken");
    EXPECT_EQ(::kill(process, 0), -1) << "the stopped executor is still there";
    expect_one_result_each({job});
}

TEST_F(Kill, AWorkerThatCannotReachTheDatabaseStopsBeforeAnotherTakesOver) {
    auto const job = site.enqueue("ses_1");
    std::atomic<bool> is_cut{false};
    auto settings = WorkSite::settings("deaf");
    service::Agent cut_off{
        settings,
        site.blobs(),
        site.queue(),
        [&](std::function<void(service::Database&)> const& work) {
            if (is_cut) {
                throw Failure{Code::storage_failed, "the cable is out"};
            }
            site.on_store(work);
        },
        {}};
    ASSERT_TRUE(comes_true([&] { return site.state(job) == "leased"; }));
    auto const process = cut_off.executors().front();
    is_cut = true;
    ASSERT_TRUE(comes_true([&] { return ::kill(process, 0) != 0; })) << "it renders on";
    EXPECT_EQ(site.state(job), "leased") << "the lease ran out before the executor was killed";

    auto const rescuer = site.agent(WorkSite::settings("honest"));
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(site.state(job), "succeeded");
    EXPECT_EQ(site.attempts(job).front().outcome, "lost");
    expect_one_result_each({job});
    is_cut = false;
}

} // namespace

} // namespace stemlathe::test
