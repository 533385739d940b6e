#include "tests/service/jobs/queue_test.hpp"
#include "tests/service/store/explaining_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

/// Ten thousand jobs wait: what is asked of the queue all the time must not look at each of them.
namespace stemlathe::service {

namespace {

using test::DatabaseNames;
using test::Databases;
using test::ExplainingDatabase;
using test::QueueTest;
using test::reads_all_of;

constexpr int kWaiting = 10'000;

template <typename Store>
class LongQueue : public QueueTest<Store> {
  protected:
    void SetUp() override {
        if (this->IsSkipped()) {
            return;
        }
        this->let_all_run(2 * kWaiting);
        // As `enqueue` makes them: each would be six ways to a server and back.
        auto const first = this->enqueue_for("anna");
        this->database.query(
            "INSERT INTO job(id, tenant, subject, kind, class, state, spec, spec_digest, vstart, "
            "vfinish, cost, created) SELECT id || CAST(n AS TEXT), tenant, subject, kind, class, "
            "state, spec, spec_digest, vstart + n * (vfinish - vstart), vfinish + n * (vfinish - "
            "vstart), cost, created FROM job, (WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL "
            "SELECT n + 1 FROM number WHERE n < $2) SELECT n FROM number) AS numbers "
            "WHERE id = $1",
            {first, std::int64_t{kWaiting}}
        );
        this->database.query(
            "UPDATE flow SET waiting = waiting + $1, waiting_cost = waiting_cost * (1 + $1), vlast "
            "= vlast * (1 + $1)",
            {std::int64_t{kWaiting}}
        );
    }

    ExplainingDatabase explaining{this->database};
    JobQueue explained{explaining, {.queued_cost_ms_max = std::int64_t{1} << 50U}};
};

TYPED_TEST_SUITE(LongQueue, Databases, DatabaseNames);

/// Also while the database has not counted yet what there is.
TYPED_TEST(LongQueue, IsClaimedFromByAnIndex) {
    for (bool const is_counted : {false, true}) {
        if (is_counted) {
            this->database.run_script("ANALYZE");
        }
        ASSERT_TRUE(this->explained.claim({.owner = "w", .kinds = {"render", "analysis"}}));
        auto const plans = this->explaining.plans();
        EXPECT_NE(plans.find("job_pick"), std::string::npos) << plans;
        EXPECT_EQ(plans.find("state = 'queued'::text"), std::string::npos) << plans;
        for (auto const* const table : {"job", "j", "r"}) {
            EXPECT_FALSE(reads_all_of(plans, table)) << plans;
        }
    }
}

TYPED_TEST(LongQueue, SaysByAnIndexWhenAJobComesAgain) {
    this->database.run_script("ANALYZE");
    Claimant const claimant{.owner = "w", .kinds = {"render", "analysis"}};
    EXPECT_FALSE(this->explained.due_in_ms(claimant));
    auto const plans = this->explaining.plans();
    EXPECT_NE(plans.find("job_due"), std::string::npos) << plans;
    ASSERT_TRUE(this->queue.fail(*this->claim(), Outcome::shortage, "out_of_memory", "full"));
    EXPECT_EQ(this->explained.due_in_ms(claimant), 5'000);
}

/// Each idle seat asks every second: for kinds of which nothing waits, for more than its card
/// holds, and for a client who runs as many as he may.
TYPED_TEST(LongQueue, TellsAnIdleSeatAtOnceThatThereIsNothing) {
    auto const nothing = [&](std::string const& what, Claimant const& claimant) {
        EXPECT_FALSE(this->explained.claim(claimant)) << what;
        auto const plans = this->explaining.plans();
        EXPECT_FALSE(reads_all_of(plans, "j")) << what << ": " << plans;
    };
    nothing("none_of_the_kind", {.owner = "w", .kinds = {"probe"}});
    this->database.query("UPDATE job SET gpu_mb = 4000 WHERE state = 'queued'");
    nothing("none_fits", {.owner = "w", .kinds = {"render"}, .has_gpu = true, .gpu_mb = 3'999});
    this->database.query("UPDATE tenant SET max_running = 0");
    nothing("none_may_run", {.owner = "w", .kinds = {"render"}});
}

TYPED_TEST(LongQueue, TakesAJobInByAnIndex) {
    this->database.run_script("ANALYZE");
    ASSERT_TRUE(this->claim());
    {
        Transaction transaction{this->explaining};
        static_cast<void>(
            this->explained.enqueue({.tenant = "bert", .spec = "{}", .cost_ms = 10'000})
        );
        transaction.commit();
    }
    auto const plans = this->explaining.plans();
    EXPECT_NE(plans.find("job_served"), std::string::npos) << plans;
    EXPECT_FALSE(reads_all_of(plans, "job")) << plans;
}

TYPED_TEST(LongQueue, SaysByAnIndexWhichPlaceAJobHas) {
    this->database.run_script("ANALYZE");
    auto const rows =
        this->database.query("SELECT id FROM job WHERE state = 'queued' ORDER BY vstart");
    std::vector<std::string> ids;
    for (auto const& row : rows) {
        ids.push_back(row.text("id"));
    }
    EXPECT_EQ(this->explained.place(ids[0])->position, 1);
    auto const plans = this->explaining.plans();
    EXPECT_NE(plans.find("job_place"), std::string::npos) << plans;
    EXPECT_EQ(this->explained.place(ids[999])->position, 1'000);
    EXPECT_EQ(this->explained.place(ids[1'000])->position, std::nullopt) << "a thousand is enough";
    EXPECT_EQ(this->explained.place(ids.back())->wait_ms, 10'000 * (kWaiting + 1))
        << "of all that wait";
}

TYPED_TEST(LongQueue, IsListedByStateByAnIndex) {
    auto const lease = *this->claim();
    ASSERT_TRUE(this->queue.fail(lease, Outcome::input, "unreadable", "no"));
    auto const set_aside = *this->claim();
    ASSERT_TRUE(this->queue.fail(set_aside, Outcome::broken, "device_lost", "lost"));
    this->database.query("UPDATE job SET state = 'dead' WHERE id = $1", {set_aside.job});
    this->database.run_script("ANALYZE");
    auto const running = this->claim()->job;
    using States = std::vector<std::string_view>;
    auto const page = [&](States const& states, std::string const& after, std::int64_t most) {
        std::vector<std::string> ids;
        for (auto const& row :
             this->explained.list({.states = states, .after = after, .rows_max = most})) {
            ids.push_back(row.text("id"));
        }
        return ids;
    };
    EXPECT_EQ(page({"leased"}, "", 100), std::vector{running});
    auto failed = std::vector{lease.job, set_aside.job};
    std::ranges::sort(failed);
    EXPECT_EQ(page({"dead", "failed"}, "", 100), failed);
    EXPECT_EQ(page({"dead", "failed"}, "", 1), std::vector{failed[0]});
    EXPECT_EQ(page({"dead", "failed"}, failed[0], 1), std::vector{failed[1]});
    auto const plans = this->explaining.plans();
    EXPECT_NE(plans.find("job_state"), std::string::npos) << plans;
    EXPECT_FALSE(reads_all_of(plans, "job")) << plans;
    auto const before = page({"queued"}, "", 100);
    ASSERT_EQ(before.size(), 100U);
    // A page stays where it was, whatever becomes of the jobs before it.
    auto const next = page({"queued"}, before.back(), 100);
    this->database.query("UPDATE job SET state = 'canceled' WHERE id = $1", {before[50]});
    EXPECT_EQ(page({"queued"}, before.back(), 100), next);
}

TYPED_TEST(LongQueue, IsListedByChangeByAnIndex) {
    this->database.run_script("ANALYZE");
    this->store.advance(3'600'000);
    auto const since = this->store.now_ms();
    auto const lease = *this->claim();
    auto const rows = this->explained.list({.changed_since_ms = since, .rows_max = 100});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.front().text("id"), lease.job);
    auto const plans = this->explaining.plans();
    EXPECT_NE(plans.find("job_changed"), std::string::npos) << plans;
    auto const both =
        this->queue.list({.states = {"queued"}, .changed_since_ms = since, .rows_max = 100});
    EXPECT_TRUE(both.empty());
}

} // namespace

} // namespace stemlathe::service
