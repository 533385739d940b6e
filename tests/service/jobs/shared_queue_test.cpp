#include "service/jobs/job_queue.hpp"
#include "tests/service/store/test_database.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

/// Several processes on one queue: here threads, each with a connection and a queue of its own.
namespace stemlathe::service {

namespace {

using test::add_tenant;
using test::PostgresCluster;
using test::PostgresSchema;

constexpr int kWorkers = 4;
constexpr int kJobs = 60;

class PostgreSQLSharedQueue : public ::testing::Test {
  protected:
    void SetUp() override {
        if (PostgresCluster::programs().empty()) {
            GTEST_SKIP() << PostgresCluster::kAbsent;
        }
    }

    /// Runs `work` with a queue of its own in each of so many threads.
    template <typename Work>
    static void at_once(std::string const& url, Work work) {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kWorkers; ++i) {
            threads.emplace_back([&url, work, i] {
                PostgresDatabase database{url};
                database.query("SELECT set_config('test.now_ms', '1', false)");
                JobQueue queue{database, {.queued_cost_ms_max = std::int64_t{1} << 50U}};
                work(database, queue, i);
            });
        }
    }
};

TEST_F(PostgreSQLSharedQueue, GivesEachJobToOneWorker) {
    PostgresSchema schema;
    auto& database = schema.database();
    add_tenant(database, "anna");
    add_tenant(database, "bert");
    database.query("UPDATE tenant SET max_running = 1000, max_queued = 1000");
    at_once(schema.url(), [](Database& own, JobQueue& queue, int i) {
        for (int n = 0; n < kJobs / kWorkers; ++n) {
            Transaction transaction{own};
            static_cast<void>(queue.enqueue(
                {.tenant = i % 2 == 0 ? "anna" : "bert", .spec = "{}", .cost_ms = 1'000}
            ));
            transaction.commit();
        }
    });
    std::atomic<int> done = 0;
    at_once(schema.url(), [&done](Database&, JobQueue& queue, int i) {
        while (auto const lease =
                   queue.claim({.owner = "w" + std::to_string(i), .kinds = {"render"}})) {
            EXPECT_EQ(queue.heartbeat(*lease, 30'000, 50, "mix"), false);
            EXPECT_TRUE(queue.complete(*lease, {}, "{}"));
            ++done;
        }
    });
    EXPECT_EQ(done, kJobs);
    auto const counts = database
                            .query("SELECT count(*) AS leases, count(DISTINCT job) AS jobs,"
                                   " max(fence) AS fence FROM attempt")
                            .front();
    EXPECT_EQ(counts.integer("leases"), kJobs);
    EXPECT_EQ(counts.integer("jobs"), kJobs);
    EXPECT_EQ(counts.integer("fence"), 1);
    auto const flow =
        database.query("SELECT sum(waiting) AS jobs, sum(waiting_cost) AS cost FROM flow").front();
    EXPECT_EQ(flow.integer("jobs"), 0);
    EXPECT_EQ(flow.integer("cost"), 0);
}

/// A worker that claims, is fenced off and comes back while others reap and claim.
TEST_F(PostgreSQLSharedQueue, LetsOneOfManyTakeBackALostLease) {
    PostgresSchema schema;
    auto& database = schema.database();
    add_tenant(database, "anna");
    JobQueue queue{database, {}};
    Transaction transaction{database};
    auto const job = queue.enqueue({.tenant = "anna", .spec = "{}", .cost_ms = 1'000});
    transaction.commit();
    auto const zombie = queue.claim({.owner = "zombie", .kinds = {"render"}, .lease_ms = 1'000});
    ASSERT_TRUE(zombie);
    std::atomic<std::int64_t> reaped = 0;
    std::atomic<int> claimed = 0;
    auto const later = std::to_string(schema.now_ms() + 100'000);
    at_once(schema.url(), [&](Database& own, JobQueue& mine, int i) {
        own.query("SELECT set_config('test.now_ms', $1, false)", {later});
        reaped += mine.reap();
        own.query("UPDATE job SET run_after = 0");
        claimed += mine.claim({.owner = std::to_string(i), .kinds = {"render"}}) ? 1 : 0;
    });
    EXPECT_EQ(reaped, 1);
    EXPECT_EQ(claimed, 1);
    EXPECT_FALSE(queue.complete(*zombie, {}, "{}"));
    EXPECT_EQ(queue.find(job)->fence, 2);
}

} // namespace

} // namespace stemlathe::service
