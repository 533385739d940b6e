#include "tests/service/jobs/queue_test.hpp"

#include <gtest/gtest.h>

namespace stemlathe::service {

namespace {

using test::DatabaseNames;
using test::Databases;
using test::QueueTest;

/// Who gets which job.
template <typename Store>
class Claims : public QueueTest<Store> {};

TYPED_TEST_SUITE(Claims, Databases, DatabaseNames);

TYPED_TEST(Claims, GivesAWorkerOnlyWhatItCanRun) {
    auto const wants_gpu = this->enqueue(
        {.tenant = "anna", .spec = "{}", .cost_ms = 1, .needs_gpu = true, .gpu_mb = 4'000}
    );
    EXPECT_FALSE(this->claim());
    EXPECT_FALSE(
        this->queue.claim({.owner = "w", .kinds = {"render"}, .has_gpu = true, .gpu_mb = 3'999})
    );
    EXPECT_FALSE(
        this->queue.claim({.owner = "w", .kinds = {"probe"}, .has_gpu = true, .gpu_mb = 4'000})
    );
    EXPECT_TRUE(
        this->queue.claim({.owner = "w", .kinds = {"render"}, .has_gpu = true, .gpu_mb = 4'000})
    );
    this->enqueue({.tenant = "anna", .spec = "{}", .cost_ms = 1, .gpu_mb = 4'000}); // would like to
    EXPECT_TRUE(this->claim());
    this->enqueue({.tenant = "anna", .spec = "{}", .cost_ms = 1, .protocol = kJobProtocol + 1});
    EXPECT_FALSE(this->claim());
    EXPECT_TRUE(this->queue.claim({.owner = "w", .kinds = {"render"}, .protocol = kJobProtocol + 1})
    );
    EXPECT_EQ(this->state_of(wants_gpu), "leased");
}

TYPED_TEST(Claims, GivesALeaseAgainToWhoeverLostTheAnswer) {
    auto const first = this->enqueue_for("anna");
    this->enqueue_for("anna");
    service::Claimant claimant{.owner = "w", .kinds = {"render"}, .lease_ms = 1'000, .key = "k"};
    auto const lease = this->queue.claim(claimant);
    ASSERT_TRUE(lease);
    this->store.advance(900);
    claimant.is_repeated = true;
    auto const again = this->queue.claim(claimant);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->job, first);
    EXPECT_EQ(again->fence, lease->fence);
    EXPECT_EQ(again->attempt, 1);
    this->store.advance(900); // it runs from the answer on
    EXPECT_EQ(this->queue.reap(), 0);

    claimant.owner = "another";
    EXPECT_NE(this->queue.claim(claimant)->job, first);
    claimant = {.owner = "w", .kinds = {"render"}, .key = "l", .is_repeated = true};
    EXPECT_FALSE(this->queue.claim(claimant)) << "nothing was leased, and nothing waits";
}

TYPED_TEST(Claims, TellsWhenAJobIsDueThatWaitsAfterAnAttempt) {
    service::Claimant const claimant{.owner = "w", .kinds = {"render"}};
    EXPECT_FALSE(this->queue.due_in_ms(claimant));
    this->enqueue_for("anna");
    EXPECT_FALSE(this->queue.due_in_ms(claimant)) << "it waits for nothing";
    auto const lease = this->claim();
    ASSERT_TRUE(lease);
    EXPECT_FALSE(this->queue.due_in_ms(claimant));
    ASSERT_TRUE(this->queue.fail(*lease, Outcome::shortage, "out_of_memory", "none left"));
    EXPECT_EQ(this->queue.due_in_ms(claimant), 5'000);
    EXPECT_FALSE(this->queue.due_in_ms({.owner = "w", .kinds = {"probe"}}));
    this->store.advance(4'000);
    EXPECT_EQ(this->queue.due_in_ms(claimant), 1'000);
    EXPECT_FALSE(this->claim());
    this->store.advance(1'000);
    EXPECT_TRUE(this->claim());
}

TYPED_TEST(Claims, CountsWhatAllWorkersRunAtATime) {
    auto const job = this->enqueue_for("anna", "normal", 30'000);
    EXPECT_EQ(this->queue.place(job)->wait_ms, 0);
    auto const second = this->enqueue_for("anna", "normal", 30'000);
    EXPECT_EQ(this->queue.place(second)->wait_ms, 30'000) << "one slot where nobody says";
    this->database.query("INSERT INTO worker(id, host, version, devices, draining, seen, slots) "
                         "VALUES('a', 'h', 'v', '[]', 0, now_ms(), 2), "
                         "('b', 'h', 'v', '[]', 0, now_ms(), 1), "
                         "('going', 'h', 'v', '[]', 1, now_ms(), 4)");
    EXPECT_EQ(this->queue.place(second)->wait_ms, 10'000);
    this->store.advance(31'000);
    EXPECT_EQ(this->queue.place(second)->wait_ms, 30'000) << "those are not heard of any more";
}

TYPED_TEST(Claims, KeepsASlotForPreviews) {
    this->enqueue_for("anna", "normal");
    auto const preview = this->enqueue_for("anna", "preview", 900'000);
    auto const lease =
        this->queue.claim({.owner = "w", .kinds = {"render"}, .previews_only = true});
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->job, preview);
}

TYPED_TEST(Claims, RunsAFewOfAClientAtATimeOfEachKind) {
    this->database.query("UPDATE tenant SET max_running = 2");
    for (int i = 0; i < 3; ++i) {
        this->enqueue_for("anna");
    }
    this->enqueue({.tenant = "anna", .kind = "probe", .spec = "{}", .cost_ms = 1});
    auto const first = this->claim();
    EXPECT_TRUE(first);
    EXPECT_TRUE(this->claim());
    EXPECT_FALSE(this->claim());
    EXPECT_TRUE(this->queue.claim({.owner = "w", .kinds = {"probe"}}));
    this->enqueue_for("bert", "bulk", 1'000'000);
    EXPECT_EQ(this->claim()->tenant, "bert");
    EXPECT_TRUE(this->queue.complete(*first, {}, "{}"));
    EXPECT_TRUE(this->claim());
}

} // namespace

} // namespace stemlathe::service
