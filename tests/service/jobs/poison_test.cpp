#include "tests/service/jobs/queue_test.hpp"

#include <gtest/gtest.h>

namespace stemlathe::service {

namespace {

using test::DatabaseNames;
using test::Databases;
using test::QueueTest;

template <typename Store>
class Poison : public QueueTest<Store> {};

TYPED_TEST_SUITE(Poison, Databases, DatabaseNames);

/// One device may be sick; two are not, so it is the job.
TYPED_TEST(Poison, SetsAsideAJobThatKillsItsExecutorsOnTwoDevices) {
    auto const job = this->enqueue_for("anna");
    for (auto const* device : {"gpu0", "gpu0", "gpu1"}) {
        EXPECT_EQ(this->state_of(job), "queued");
        auto const lease = this->queue.claim({.owner = "w", .device = device, .kinds = {"render"}});
        ASSERT_TRUE(lease);
        ASSERT_TRUE(this->queue.fail(*lease, Outcome::broken, "device_lost", "executor died"));
        this->store.advance(1'000'000);
    }
    EXPECT_EQ(this->state_of(job), "dead");
    EXPECT_EQ(
        this->queue.find(job)->error,
        "set aside, for it broke its executors on 2 devices: executor died"
    );
    ASSERT_EQ(this->ends.size(), 1U);
    EXPECT_EQ(this->ends.front().state, "dead");
}

TYPED_TEST(Poison, BlamesNoJobForStorageThatFailsWithSeveralDevices) {
    auto const job = this->enqueue_for("anna");
    for (auto const* device : {"gpu0", "gpu1", "gpu2"}) {
        auto const lease = this->queue.claim({.owner = "w", .device = device, .kinds = {"render"}});
        ASSERT_TRUE(lease);
        ASSERT_TRUE(this->queue.fail(*lease, Outcome::broken, "storage_failed", "disk"));
        this->store.advance(1'000'000);
    }
    EXPECT_EQ(this->state_of(job), "queued");
}

} // namespace

} // namespace stemlathe::service
