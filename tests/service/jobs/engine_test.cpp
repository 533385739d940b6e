#include "tests/service/jobs/queue_test.hpp"

#include <gtest/gtest.h>

namespace stemlathe::service {

namespace {

using test::DatabaseNames;
using test::Databases;
using test::QueueTest;

constexpr std::int64_t kWait_ms = 180'000;

/// Whose engine makes which job.
template <typename Store>
class Engines : public QueueTest<Store> {
  protected:
    std::string enqueue_of(std::optional<std::int64_t> engine) {
        return this->enqueue({.tenant = "anna", .spec = "{}", .cost_ms = 1, .engine = engine});
    }

    std::optional<Lease> claim_with(std::int64_t engine, std::int64_t protocol = kJobProtocol) {
        return this->queue.claim(
            {.owner = "w",
             .kinds = {"render"},
             .protocol = protocol,
             .engine = engine,
             .engine_wait_ms = kWait_ms}
        );
    }

    /// A worker of the engine says that it takes jobs.
    void hear_of(std::int64_t engine) {
        this->database.query(
            "INSERT INTO engine_seen(generation, seen) VALUES($1, now_ms()) "
            "ON CONFLICT(generation) DO UPDATE SET seen=excluded.seen",
            {engine}
        );
    }
};

TYPED_TEST_SUITE(Engines, Databases, DatabaseNames);

TYPED_TEST(Engines, LeaveAJobToItsOwnAsLongAsSomebodyHasThat) {
    auto const pinned = this->enqueue_of(1);
    auto const free = this->enqueue_of(std::nullopt);
    this->hear_of(1);
    this->hear_of(2);
    EXPECT_EQ(this->claim_with(2)->job, free) << "it passes over what is another's";
    EXPECT_FALSE(this->claim_with(2));
    EXPECT_EQ(this->claim_with(1)->job, pinned);
}

TYPED_TEST(Engines, TakeOverWhatNobodyCanMakeAnyMore) {
    auto const pinned = this->enqueue_of(1);
    this->hear_of(1);
    this->store.advance(kWait_ms - 1);
    EXPECT_FALSE(this->claim_with(2));
    this->store.advance(1);
    auto const lease = this->claim_with(2);
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->job, pinned);
    EXPECT_EQ(lease->engine, 2);
    EXPECT_TRUE(this->queue.complete(*lease, {}, "{}"));
    EXPECT_EQ(this->ends.back().engine, 2);
    EXPECT_EQ(
        this->database.query("SELECT engine FROM job WHERE id=$1", {pinned})
            .front()
            .integer("engine"),
        2
    );
}

/// Whoever takes a job over and fails leaves it to its own engine, where that has come back.
TYPED_TEST(Engines, GoOnWantingTheirOwnUntilAnotherHasSucceeded) {
    auto const pinned = this->enqueue_of(1);
    auto const lease = this->claim_with(2);
    ASSERT_TRUE(lease) << "nobody was ever heard of";
    EXPECT_TRUE(this->queue.release(*lease));
    this->hear_of(1);
    EXPECT_FALSE(this->claim_with(2));
    EXPECT_EQ(this->claim_with(1)->job, pinned);
}

/// Workers from before protocol 2 do not mind engines, and are all of the first.
TYPED_TEST(Engines, KeepFromOldWorkersWhatTheyWouldMakeOtherwise) {
    auto const later = this->enqueue_of(2);
    auto const first = this->enqueue_of(1);
    EXPECT_EQ(this->claim_with(1, 1)->job, first);
    EXPECT_FALSE(this->claim_with(1, 1)) << "although nobody of the second is heard of";
    EXPECT_EQ(this->claim_with(1)->job, later);
}

/// A worker works on a database that has no files beyond these (open_store_as_it_is): where this
/// fails, a new file is needed by workers too, and kWorkerSchema must name it.
template <typename Store>
class OldestSchema : public ::testing::Test {};

TYPED_TEST_SUITE(OldestSchema, Databases, DatabaseNames);

TYPED_TEST(OldestSchema, HasAllThatAWorkerNeeds) {
    TypeParam store{schema_files().first(static_cast<std::size_t>(kWorkerSchema))};
    if (this->IsSkipped()) {
        return;
    }
    auto& database = store.database();
    test::add_tenant(database, "anna");
    JobQueue queue{database, {}};
    Transaction order{database};
    for (int i = 0; i < 5; ++i) {
        static_cast<void>(queue.enqueue({.tenant = "anna", .spec = "{}", .cost_ms = 1}));
    }
    order.commit();
    auto const claim = [&] {
        return *queue.claim({.owner = "w", .kinds = {"render"}, .key = "k"});
    };
    auto const done = claim();
    EXPECT_EQ(queue.heartbeat(done, 30'000, 50, "mix"), false);
    EXPECT_TRUE(queue.complete(
        done,
        {{.name = "a", .blob = {.digest = std::string(64, 'a'), .bytes = 1, .crc32 = 1}}},
        "{}"
    ));
    EXPECT_TRUE(queue.fail(claim(), Outcome::broken, "device_lost", "words"));
    EXPECT_TRUE(queue.release(claim()));
    auto const cancelled = claim();
    EXPECT_TRUE(queue.cancel(cancelled.job));
    EXPECT_TRUE(queue.cancelled(cancelled));
    static_cast<void>(claim());
    store.advance(31'000);
    EXPECT_EQ(queue.reap(), 1);
}

} // namespace

} // namespace stemlathe::service
