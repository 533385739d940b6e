#include "tests/service/agent/agent_fixture.hpp"

#include <cstdlib>

namespace stemlathe::test {

namespace {

class ExecutorFaults : public AgentTest {
  protected:
    /// Has one executor of this manner do one job to its end.
    service::JobStatus do_job(std::string const& manner, std::int64_t attempts_max = 2) {
        auto const job = site.enqueue("ses_1", "render", attempts_max);
        auto const agent = site.agent(WorkSite::settings(manner));
        EXPECT_TRUE(ends(job)) << manner;
        agent->drain();
        EXPECT_EQ(site.work_folders(), 0U) << manner;
        return site.status(job);
    }
};

TEST_F(ExecutorFaults, AJobThatKillsItsExecutorsIsDeadAfterItsAttempts) {
    auto const status = do_job("crash", 3);
    EXPECT_EQ(status.state, "dead");
    auto const attempts = site.attempts(status.job);
    ASSERT_EQ(attempts.size(), 3U);
    for (auto const& attempt : attempts) {
        EXPECT_EQ(attempt.outcome, "broken");
        EXPECT_EQ(attempt.device, "fake");
        EXPECT_NE(attempt.detail.value_or("").find("exit status 1"), std::string::npos);
    }
    EXPECT_TRUE(site.outputs(status.job).empty());
    EXPECT_EQ(events("render.failed"), 1);
}

TEST_F(ExecutorFaults, ALostDeviceCostsTheExecutorAndAnAttempt) {
    auto const status = do_job("lose-device");
    EXPECT_EQ(status.state, "dead");
    EXPECT_EQ(status.error_code, "device_lost");
    EXPECT_EQ(status.attempt, 2);
}

TEST_F(ExecutorFaults, ACardThatBreaksDownWithSeveralJobsGivesItsPlaceToTheProcessor) {
    auto settings = WorkSite::settings("sick-card");
    settings.devices = {"cuda:0"};
    std::vector<std::string> const jobs{
        site.enqueue("ses_1", "render", 2),
        site.enqueue("ses_1", "render", 2),
        site.enqueue("ses_1", "render", 2)};
    auto const agent = site.agent(settings);
    std::int64_t faults = 0;
    std::int64_t done = 0;
    for (auto const& job : jobs) {
        ASSERT_TRUE(ends(job));
        for (auto const& attempt : site.attempts(job)) {
            bool const is_on_card = attempt.device == "fake card";
            EXPECT_EQ(attempt.outcome, is_on_card ? "broken" : "succeeded");
            ++(is_on_card ? faults : done);
        }
    }
    EXPECT_EQ(faults, 3); // of two jobs at least, for each may fail twice
    EXPECT_GE(done, 2);
    agent->drain();
}

/// Whatever else computes on a card may fill it: its jobs are then somebody else's.
TEST_F(ExecutorFaults, AFullCardLeavesJobsAloneUntilThereIsRoom) {
    auto const free_mib = temp / "free_mib";
    write_file(free_mib, "511");
    auto settings = WorkSite::settings("crowded:" + free_mib.string());
    settings.id = "wrk_card";
    settings.devices = {"cuda:0"};
    auto const job = site.enqueue("ses_1");
    auto const on_card = site.agent(settings);
    auto const looks_at = [&](std::string const& what) {
        return comes_true([&] {
            return site.count(
                       "SELECT count(*) AS count FROM worker WHERE id='wrk_card' AND devices LIKE "
                       "'%\"free_mib\":" +
                       what + ",%'"
                   ) == 1;
        });
    };
    ASSERT_TRUE(looks_at("511"));
    // It looks for work each 50 ms; so many looks later, as its signs of life tell:
    ASSERT_TRUE(comes_true([&] {
        return site.count("SELECT count(*) AS count FROM worker w, job j WHERE w.id='wrk_card' AND "
                          "w.seen>j.created+1000") == 1;
    }));
    EXPECT_EQ(site.state(job), "queued");
    {
        auto const beside = site.agent(WorkSite::settings("honest"));
        EXPECT_TRUE(ends(job));
        beside->drain();
    }
    ASSERT_EQ(site.attempts(job).size(), 1U);
    EXPECT_EQ(site.attempts(job).front().device, "fake");
    write_file(free_mib, "512");
    ASSERT_TRUE(looks_at("512"));
    auto const next = site.enqueue("ses_1");
    EXPECT_TRUE(ends(next));
    on_card->drain();
    EXPECT_EQ(site.attempts(next).front().device, "fake card");
}

TEST_F(ExecutorFaults, ThoseWhoTellLiesPublishNothing) {
    for (auto const* const manner :
         {"leave-nothing",
          "deliver-another",
          "leave-a-link",
          "answer-for-another",
          "leave-out-what-matters",
          "silent"}) {
        auto const status = do_job(manner, 1);
        EXPECT_EQ(status.state, "dead") << manner;
        EXPECT_TRUE(site.outputs(status.job).empty()) << manner;
    }
    EXPECT_EQ(events("render.succeeded"), 0);
}

TEST_F(ExecutorFaults, AJobThatGetsNoFurtherIsTakenFromItsExecutor) {
    auto settings = WorkSite::settings("deaf");
    settings.stall = std::chrono::milliseconds{300};
    auto const job = site.enqueue("ses_1", "render", 1);
    auto const agent = site.agent(settings);
    ASSERT_TRUE(ends(job));
    EXPECT_EQ(site.state(job), "dead");
    EXPECT_NE(site.status(job).error.value_or("").find("no further"), std::string::npos);
}

TEST_F(ExecutorFaults, ARefusedSessionFailsAtOnceAndSaysWhy) {
    auto const status = do_job("refuse");
    EXPECT_EQ(status.state, "failed");
    EXPECT_EQ(status.attempt, 1);
    EXPECT_EQ(status.error_code, "intake_refused");
    auto const sentence = status.error.value_or("");
    EXPECT_NE(sentence.find("01_Drums.wav is cut off"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("reference mix"), std::string::npos) << sentence;
}

TEST_F(ExecutorFaults, AShortageDoesNotCountAsAnAttempt) {
    auto const job = site.enqueue("ses_1", "render", 1);
    auto const agent = site.agent(WorkSite::settings("run-short"));
    ASSERT_TRUE(comes_true([&] {
        site.hurry();
        return site.attempts(job).size() >= 3;
    }));
    EXPECT_NE(site.state(job), "dead");
    EXPECT_NE(site.state(job), "failed");
}

/// Nobody announces that a waiting time is over.
TEST_F(ExecutorFaults, AJobIsDoneAgainWhenItsWaitIsOverHoweverSeldomAWorkerLooks) {
    auto lazy = WorkSite::settings("crash");
    lazy.idle = std::chrono::minutes{10};
    auto const job = site.enqueue("ses_1", "render", 2);
    auto const agent = site.agent(lazy);
    ASSERT_TRUE(comes_true([&] { return site.state(job) == "dead"; }));
    EXPECT_EQ(site.attempts(job).size(), 2U);
}

TEST_F(ExecutorFaults, AnExecutorThatCannotStartLeavesTheJobsAlone) {
    auto const job = site.enqueue("ses_1");
    for (auto const* const program : {"unusable", "/nowhere/executor"}) {
        auto settings = WorkSite::settings("unusable");
        if (program[0] == '/') {
            settings.program = {program};
        }
        auto const agent = site.agent(settings);
        EXPECT_TRUE(comes_true([&] {
            return site.count("SELECT count(*) AS count FROM worker") == 1;
        }));
        agent->drain();
    }
    EXPECT_EQ(site.state(job), "queued");
    EXPECT_TRUE(site.attempts(job).empty());
}

TEST_F(ExecutorFaults, ExecutorsKnowNoSecretsAndTellNoPlaces) {
    ::setenv("STEMLATHE_ADMIN_TOKEN", "very-secret", 1);
    auto const status = do_job("tell-environment");
    ::unsetenv("STEMLATHE_ADMIN_TOKEN");
    auto const text = status.error.value_or("");
    EXPECT_NE(text.find("PATH="), std::string::npos) << text;
    EXPECT_EQ(text.find("very-secret"), std::string::npos) << text;
    EXPECT_NE(text.find("in x.wav"), std::string::npos) << text;
}

} // namespace

} // namespace stemlathe::test
