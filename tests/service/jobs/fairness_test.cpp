#include "tests/service/jobs/queue_test.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace stemlathe::service {

namespace {

using test::DatabaseNames;
using test::Databases;
using test::QueueTest;
using test::SqliteInMemory;

template <typename Store>
class Fairness : public QueueTest<Store> {
  protected:
    /// Runs the queue dry, or `count` jobs of it, one at a time. @returns whose they were
    std::string order(std::size_t count = 1'000'000) {
        std::string tenants;
        while (tenants.size() < count) {
            auto const lease = this->claim();
            if (!lease) {
                break;
            }
            tenants += static_cast<char>(std::toupper(lease->tenant.front()));
            EXPECT_TRUE(this->queue.complete(*lease, {}, "{}"));
        }
        return tenants;
    }
};

TYPED_TEST_SUITE(Fairness, Databases, DatabaseNames);

TYPED_TEST(Fairness, TakesTurnsBetweenClients) {
    for (int i = 0; i < 6; ++i) {
        this->enqueue_for("anna");
    }
    EXPECT_EQ(this->order(1), "A");
    for (int i = 0; i < 4; ++i) {
        this->enqueue_for("bert");
    }
    auto const order = this->order();
    EXPECT_EQ(order.size(), 9U);
    EXPECT_EQ(std::count(order.begin(), order.begin() + 8, 'B'), 4);
    EXPECT_EQ(order.find("AAA"), std::string::npos) << order;
    EXPECT_EQ(order.find("BBB"), std::string::npos) << order;
}

TYPED_TEST(Fairness, RunsAPreviewNextHoweverMuchAnotherQueued) {
    this->let_all_run(20'000);
    // A tenth where each statement is a way to a server and back.
    constexpr int kBatches = std::is_same_v<TypeParam, SqliteInMemory> ? 50 : 5;
    for (int batch = 0; batch < kBatches; ++batch) {
        Transaction transaction{this->database};
        for (int i = 0; i < 200; ++i) {
            static_cast<void>(
                this->queue.enqueue({.tenant = "anna", .spec = "{}", .cost_ms = 10'000})
            );
        }
        transaction.commit();
    }
    auto const running = this->claim();
    auto const preview = this->enqueue_for("bert", "preview", 10'000);
    auto const own_preview = this->enqueue_for("anna", "preview", 10'000);
    EXPECT_EQ(this->queue.place(preview)->position, 1);
    EXPECT_EQ(this->queue.place(own_preview)->position, 2); // nor does one's own bulk delay it
    ASSERT_TRUE(this->queue.complete(*running, {}, "{}"));
    EXPECT_EQ(this->claim()->job, preview);
    EXPECT_EQ(this->claim()->job, own_preview);
    this->enqueue_for("bert", "normal", 10'000);
    EXPECT_NE(this->order(2).find('B'), std::string::npos);
}

TYPED_TEST(Fairness, SharesByWeight) {
    this->database.query("UPDATE tenant SET weight = 300 WHERE id = 'bert'");
    for (int i = 0; i < 60; ++i) {
        this->enqueue_for("anna");
        this->enqueue_for("bert");
    }
    auto const order = this->order(40);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(order, 'B')), 30.0, 1.0) << order;
}

TYPED_TEST(Fairness, SharesTimeAndNotJobs) {
    for (int i = 0; i < 60; ++i) {
        this->enqueue_for("anna", "normal", 30'000);
        this->enqueue_for("bert", "normal", 10'000);
    }
    auto const order = this->order(40);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(order, 'B')), 30.0, 1.0) << order;
}

TYPED_TEST(Fairness, SharesByClass) {
    for (int i = 0; i < 64; ++i) {
        this->enqueue_for("anna", "bulk");
        this->enqueue_for("bert", "normal");
    }
    auto const order = this->order(50);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(order, 'B')), 40.0, 1.0) << order;
}

TYPED_TEST(Fairness, SavesNothingUpForAnIdleClient) {
    for (int i = 0; i < 100; ++i) {
        this->enqueue_for("anna");
    }
    EXPECT_EQ(this->order().size(), 100U); // a day of Anna alone, and the queue is empty
    for (int i = 0; i < 20; ++i) {
        this->enqueue_for("bert");
    }
    for (int i = 0; i < 20; ++i) {
        this->enqueue_for("anna");
    }
    auto const order = this->order(20);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(order, 'A')), 10.0, 1.0) << order;
}

TYPED_TEST(Fairness, DoesNotChargeForWhatWasTakenBack) {
    std::vector<std::string> jobs;
    for (int i = 0; i < 100; ++i) {
        jobs.push_back(this->enqueue_for("anna"));
    }
    for (auto const& job : jobs) {
        EXPECT_TRUE(this->queue.cancel(job));
    }
    for (int i = 0; i < 20; ++i) {
        this->enqueue_for("bert");
        this->enqueue_for("anna");
    }
    auto const order = this->order(20);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(order, 'A')), 10.0, 1.0) << order;
}

TYPED_TEST(Fairness, IsNotHeldUpByAJobThatWaitsOutItsBackoff) {
    this->enqueue_for("anna"); // breaks, and stays in the queue with the lowest tag
    ASSERT_TRUE(this->queue.fail(*this->claim(), Outcome::shortage, "out_of_memory", "full"));
    for (int i = 0; i < 40; ++i) {
        this->enqueue_for("anna");
    }
    EXPECT_EQ(this->order(20), std::string(20, 'A'));
    for (int i = 0; i < 20; ++i) {
        this->enqueue_for("bert"); // starts at the time of now, not of that job
    }
    auto const order = this->order(20);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(order, 'A')), 10.0, 1.0) << order;
}

} // namespace

} // namespace stemlathe::service
