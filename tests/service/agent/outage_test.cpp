#include "kernels/base/failure.hpp"
#include "tests/service/agent/agent_fixture.hpp"

#include <poll.h>

#include <atomic>
#include <chrono>

/// A database that goes away and comes back, as in a restart: no job pays for it.
namespace stemlathe::test {

namespace {

[[noreturn]] void lose_connection() {
    throw Failure{Code::storage_failed, "lost the connection to the database; try again"};
}

class Outage : public AgentTest {
  protected:
    static service::AgentSettings settings() {
        auto settings = WorkSite::settings("slow");
        settings.lease = std::chrono::milliseconds{4'000};
        return settings;
    }

    void expect_one_attempt(std::string const& job) {
        ASSERT_TRUE(ends(job));
        EXPECT_EQ(site.state(job), "succeeded");
        EXPECT_EQ(site.status(job).attempt, 1);
        EXPECT_EQ(site.attempts(job).size(), 1U);
        EXPECT_EQ(events("render.succeeded"), 1);
    }

    /// Loses the answer to the first change after which the job is in this state.
    void lose_answer_when(std::string const& state, std::string const& job) {
        site.after_commit = [this, state, job](service::Database& database) {
            auto const rows = database.query("SELECT state FROM job WHERE id=$1", {job});
            if (!is_lost_ && rows.front().text("state") == state) {
                is_lost_ = true;
                lose_connection();
            }
        };
    }

    bool is_lost_ = false;
};

TEST_F(Outage, ThatAJobEndsInDoesNotCostAnAttempt) {
    constexpr int kLength_ms = 700;
    auto const job = site.enqueue("ses_1");
    std::atomic<bool> is_down{false};
    std::atomic<int> missed{0};
    site.before_store = [&] {
        if (is_down) {
            ++missed;
            lose_connection();
        }
    };
    auto const agent = site.agent(settings());
    ASSERT_TRUE(comes_true([&] { return site.status(job).progress >= 60; }));
    is_down = true; // the job has a fifth of a second to go
    ::poll(nullptr, 0, kLength_ms);
    is_down = false;
    expect_one_attempt(job);
    EXPECT_GT(missed, 1);
}

TEST_F(Outage, ThatTakesTheAnswerToAClaimLosesNoLease) {
    auto const job = site.enqueue("ses_1");
    lose_answer_when("leased", job);
    auto const agent = site.agent(settings());
    expect_one_attempt(job);
    EXPECT_TRUE(is_lost_);
    EXPECT_EQ(site.status(job).fence, 1);
}

TEST_F(Outage, ThatTakesTheAnswerToAnEndChangesNothing) {
    auto const job = site.enqueue("ses_1");
    lose_answer_when("succeeded", job);
    auto const agent = site.agent(settings());
    expect_one_attempt(job);
    agent->drain();
    EXPECT_TRUE(is_lost_);
}

/// It goes before it could ask what became of its claim.
TEST_F(Outage, ThatTakesAClaimFromAWorkerThatGoesGivesTheJobBack) {
    auto const job = site.enqueue("ses_1");
    lose_answer_when("leased", job);
    auto lazy = settings();
    lazy.idle = std::chrono::milliseconds{60'000};
    auto agent = site.agent(lazy);
    ASSERT_TRUE(comes_true([&] { return site.state(job) == "leased"; }));
    agent->drain();
    EXPECT_EQ(site.state(job), "queued");
    EXPECT_EQ(site.status(job).attempt, 0);
}

} // namespace

} // namespace stemlathe::test
