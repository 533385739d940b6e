#include "kernels/base/failure.hpp"
#include "service/jobs/job_queue.hpp"
#include "service/jobs/queue_full.hpp"
#include "tests/service/jobs/queue_test.hpp"

#include <gtest/gtest.h>

namespace stemlathe::service {

namespace {

using test::DatabaseNames;
using test::Databases;
using test::QueueTest;

using Words = std::vector<std::string>;

Output output(std::string const& name, char digit) {
    return {
        .name = name,
        .profile = "cd",
        .blob = {.digest = std::string(64, digit), .bytes = 5, .crc32 = 7}};
}

template <typename Store>
class Queue : public QueueTest<Store> {};

TYPED_TEST_SUITE(Queue, Databases, DatabaseNames);

TYPED_TEST(Queue, LeasesAJobToOneWorker) {
    auto const job = this->enqueue(
        {.tenant = "anna",
         .session = "ses_1",
         .subject = "rnd_1",
         .spec = R"({"a":1})",
         .cost_ms = 5}
    );
    EXPECT_EQ(this->state_of(job), "queued");
    auto const lease =
        this->queue.claim({.owner = "w1", .device = "gpu0", .kinds = {"probe", "render"}});
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->job, job);
    EXPECT_EQ(lease->tenant, "anna");
    EXPECT_EQ(lease->subject, "rnd_1");
    EXPECT_EQ(lease->spec, R"({"a":1})");
    EXPECT_EQ(lease->fence, 1);
    EXPECT_EQ(lease->attempt, 1);
    EXPECT_FALSE(this->claim("w2"));
    auto const status = this->queue.find(job);
    EXPECT_EQ(status->state, "leased");
    EXPECT_EQ(status->started_ms, this->store.now_ms());
    EXPECT_EQ(this->queue.attempts(job).front().device, "gpu0");
    EXPECT_FALSE(this->queue.find("job_none"));
}

TYPED_TEST(Queue, PublishesResultStateAndEventsInOneCommit) {
    auto const job = this->enqueue_for("anna");
    auto const lease = this->claim();
    ASSERT_TRUE(
        this->queue.complete(*lease, {output("a.wav", 'a'), output("b.wav", 'b')}, R"({"x":2})")
    );
    auto const status = this->queue.find(job);
    EXPECT_EQ(status->state, "succeeded");
    EXPECT_EQ(status->progress, 100);
    EXPECT_EQ(status->result, R"({"x":2})");
    EXPECT_EQ(status->finished_ms, this->store.now_ms());
    auto const rows =
        this->database.query("SELECT name, digest, profile, fence FROM output ORDER BY name");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows.front().text("digest"), std::string(64, 'a'));
    EXPECT_EQ(rows.front().integer("fence"), 1);
    EXPECT_EQ(this->database.query("SELECT digest FROM blob WHERE state='live'").size(), 2U);
    ASSERT_EQ(this->ends.size(), 1U);
    EXPECT_EQ(this->ends.front().state, "succeeded");
    EXPECT_EQ(this->event_types(), (Words{"job.queued", "job.started"}));
    EXPECT_EQ(this->queue.attempts(job).front().outcome, "succeeded");
    EXPECT_FALSE(this->queue.complete(*lease, {}, "{}")); // once is enough
}

TYPED_TEST(Queue, UndoesAnEndThatItsListenerRefuses) {
    auto const job = this->enqueue_for("anna");
    auto const lease = this->claim();
    JobQueue strict{this->database, {}, [](Database&, JobEnd const&) {
                        throw Failure{Code::internal, "no"};
                    }};
    EXPECT_THROW(static_cast<void>(strict.complete(*lease, {output("a", 'a')}, "{}")), Failure);
    EXPECT_EQ(this->state_of(job), "leased");
    EXPECT_TRUE(this->database.query("SELECT * FROM output").empty());
    EXPECT_TRUE(this->queue.complete(*lease, {output("a", 'a')}, "{}"));
}

TYPED_TEST(Queue, RevivesABlobThatIsBeingRemoved) {
    this->enqueue_for("anna");
    auto const digest = std::string(64, 'a');
    this->database.query("INSERT INTO blob VALUES($1, 5, 7, 'deleting', 0)", {digest});
    ASSERT_TRUE(this->queue.complete(*this->claim(), {output("a", 'a')}, "{}"));
    EXPECT_EQ(this->database.query("SELECT state FROM blob").front().text("state"), "live");
}

TYPED_TEST(Queue, FencesOffWhoeverLostHisLease) {
    auto const job = this->enqueue_for("anna");
    auto const zombie = this->claim("w1");
    this->store.advance(29'999);
    EXPECT_EQ(this->queue.reap(), 0);
    this->store.advance(2);
    EXPECT_EQ(this->queue.reap(), 1);
    EXPECT_EQ(this->queue.attempts(job).front().outcome, "lost");
    EXPECT_EQ(this->queue.heartbeat(*zombie, 30'000, 5, "mix"), std::nullopt); // nobody has it
    this->store.advance(10'000);
    auto const second = this->claim("w2");
    ASSERT_TRUE(second);
    EXPECT_EQ(second->fence, 2);
    EXPECT_EQ(second->attempt, 2);
    EXPECT_EQ(this->queue.heartbeat(*zombie, 30'000, 5, "mix"), std::nullopt);
    EXPECT_FALSE(this->queue.complete(*zombie, {output("a", 'a')}, "{}"));
    EXPECT_FALSE(this->queue.fail(*zombie, Outcome::input, "unreadable", "no"));
    EXPECT_FALSE(this->queue.release(*zombie));
    EXPECT_FALSE(this->queue.cancelled(*zombie));
    EXPECT_TRUE(this->queue.complete(*second, {output("b", 'b')}, "{}"));
    auto const rows = this->database.query("SELECT name, fence FROM output");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.front().integer("fence"), 2);
    EXPECT_EQ(this->ends.size(), 1U);
}

TYPED_TEST(Queue, KeepsALeaseThatIsHeardOf) {
    this->enqueue_for("anna");
    auto const lease = this->claim();
    for (int i = 0; i < 10; ++i) {
        this->store.advance(20'000);
        EXPECT_EQ(this->queue.heartbeat(*lease, 30'000, 10 * i, "mix"), false);
        EXPECT_EQ(this->queue.reap(), 0);
    }
    // Late, but nobody has taken it back: still his.
    this->store.advance(40'000);
    EXPECT_EQ(this->queue.heartbeat(*lease, 30'000, 99, "mix"), false);
    EXPECT_TRUE(this->queue.complete(*lease, {}, "{}"));
}

TYPED_TEST(Queue, TellsProgressFourTimesASecondAndNeverTwice) {
    this->enqueue_for("anna");
    auto const lease = this->claim();
    for (int ms = 0; ms < 1'000; ms += 10) {
        EXPECT_EQ(this->queue.heartbeat(*lease, 30'000, ms / 10, "mix"), false);
        this->store.advance(10);
    }
    auto const progress_events = [&] {
        std::int64_t count = 0;
        for (auto const& type : this->event_types()) {
            count += type == kProgressEvent ? 1 : 0;
        }
        return count;
    };
    EXPECT_EQ(progress_events(), 4);
    this->store.advance(250);
    EXPECT_EQ(
        this->queue.heartbeat(*lease, 30'000, 99, "mix"), false
    ); // what was left out comes now
    this->store.advance(250);
    EXPECT_EQ(this->queue.heartbeat(*lease, 30'000, 99, "mix"), false); // and is not repeated
    EXPECT_EQ(progress_events(), 5);
    EXPECT_EQ(this->queue.heartbeat(*lease, 30'000, 99, "say \"cheese\"\n"), false);
    auto const last = events_after(this->database, {}, 0, 100).back();
    EXPECT_EQ(
        last.data, "{\"job\":\"" + lease->job + R"(","progress":99,"stage":"say \"cheese\"\u000a"})"
    );
}

TYPED_TEST(Queue, RunsNothingTwiceThatFailedForItsInput) {
    auto const job = this->enqueue_for("anna");
    ASSERT_TRUE(this->queue.fail(*this->claim(), Outcome::input, "invalid_plan", "ratio is 0.5"));
    this->store.advance(3'600'000);
    EXPECT_FALSE(this->claim());
    EXPECT_EQ(this->queue.find(job)->error_code, "invalid_plan");
    EXPECT_EQ(this->queue.find(job)->error, "ratio is 0.5");
    ASSERT_EQ(this->ends.size(), 1U);
    EXPECT_EQ(this->ends.front().state, "failed");
    EXPECT_EQ(this->ends.front().sentence, "ratio is 0.5");
}

TYPED_TEST(Queue, GivesUpOnAJobThatBreaksFiveTimes) {
    auto const job = this->enqueue_for("anna");
    for (int attempt = 1; attempt <= 5; ++attempt) {
        EXPECT_EQ(this->state_of(job), "queued");
        auto const lease = this->queue.claim({.owner = "w", .device = "gpu0", .kinds = {"render"}});
        ASSERT_TRUE(lease);
        EXPECT_EQ(lease->attempt, attempt);
        ASSERT_TRUE(this->queue.fail(*lease, Outcome::broken, "device_lost", "executor died"));
        this->store.advance(1'000'000);
    }
    EXPECT_EQ(this->state_of(job), "dead");
    EXPECT_FALSE(this->claim());
    ASSERT_EQ(this->ends.size(), 1U);
    EXPECT_EQ(this->ends.front().state, "dead");
    auto const attempts = this->queue.attempts(job);
    ASSERT_EQ(attempts.size(), 5U);
    EXPECT_EQ(attempts[3].device, "gpu0");
    EXPECT_EQ(attempts[3].outcome, "broken");
    EXPECT_EQ(attempts[3].detail, "device_lost: executor died");
}

TYPED_TEST(Queue, WaitsOutAShortageForHalfAnHour) {
    auto const job = this->enqueue_for("anna");
    std::int64_t waited_ms = 0;
    std::int64_t leases = 0;
    while (this->state_of(job) == "queued") {
        auto const lease = this->claim();
        if (!lease) {
            this->store.advance(1'000);
            waited_ms += 1'000;
            continue;
        }
        ++leases;
        EXPECT_EQ(lease->attempt, 1); // never counted
        ASSERT_TRUE(this->queue.fail(*lease, Outcome::shortage, "out_of_memory", "the card is full")
        );
        ASSERT_LT(leases, 100);
    }
    EXPECT_EQ(this->state_of(job), "failed");
    EXPECT_EQ(leases, 19); // 5+10+20+40+80 s, then 13 times 120 s, of which the last is not waited
    EXPECT_EQ(waited_ms, 155'000 + 13 * 120'000);
}

TYPED_TEST(Queue, TakesAJobBackUnharmed) {
    auto const job = this->enqueue_for("anna");
    EXPECT_TRUE(this->queue.release(*this->claim("w1")));
    auto const again = this->claim("w2"); // at once
    ASSERT_TRUE(again);
    EXPECT_EQ(again->attempt, 1);
    EXPECT_EQ(again->fence, 2);
    EXPECT_EQ(this->queue.attempts(job).front().outcome, "released");
    EXPECT_EQ(
        this->event_types(), (Words{"job.queued", "job.started", "job.queued", "job.started"})
    );
}

TYPED_TEST(Queue, CancelsAWaitingJobAtOnce) {
    auto const job = this->enqueue_for("anna");
    EXPECT_TRUE(this->queue.cancel(job));
    EXPECT_TRUE(this->queue.cancel(job));
    EXPECT_EQ(this->state_of(job), "canceled");
    EXPECT_FALSE(this->claim());
    EXPECT_EQ(this->ends.size(), 1U);
    EXPECT_FALSE(this->queue.cancel("job_none"));
}

TYPED_TEST(Queue, AsksARunningJobToStop) {
    auto const job = this->enqueue_for("anna");
    auto const lease = this->claim();
    EXPECT_FALSE(this->queue.cancelled(*lease)); // nobody asked
    EXPECT_TRUE(this->queue.cancel(job));
    EXPECT_EQ(this->queue.heartbeat(*lease, 30'000, 5, "mix"), true);
    EXPECT_TRUE(this->queue.cancelled(*lease));
    EXPECT_EQ(this->state_of(job), "canceled");
    ASSERT_EQ(this->ends.size(), 1U);
    EXPECT_EQ(this->ends.front().state, "canceled");
}

TYPED_TEST(Queue, LetsACancelLoseTheRaceToTheResult) {
    auto const job = this->enqueue_for("anna");
    auto const lease = this->claim();
    EXPECT_TRUE(this->queue.cancel(job));
    EXPECT_TRUE(this->queue.complete(*lease, {}, "{}"));
    EXPECT_EQ(this->state_of(job), "succeeded");
    EXPECT_FALSE(this->queue.cancel(job));
}

TYPED_TEST(Queue, RepeatsNothingThatWasCancelled) {
    for (int how = 0; how < 4; ++how) {
        auto const job = this->enqueue_for("anna");
        auto const lease = this->claim();
        ASSERT_TRUE(lease);
        EXPECT_TRUE(this->queue.cancel(job));
        if (how == 0) {
            EXPECT_TRUE(this->queue.fail(*lease, Outcome::broken, "device_lost", "x"));
        } else if (how == 1) {
            EXPECT_TRUE(this->queue.fail(*lease, Outcome::shortage, "out_of_memory", "x"));
        } else if (how == 2) {
            EXPECT_TRUE(this->queue.release(*lease));
        } else {
            this->store.advance(60'000);
            EXPECT_EQ(this->queue.reap(), 1);
        }
        EXPECT_EQ(this->state_of(job), "canceled") << how;
    }
}

TYPED_TEST(Queue, SaysWhereAJobStandsAndForHowLong) {
    auto const first = this->enqueue_for("anna", "normal", 10'000);
    auto const second = this->enqueue_for("anna", "normal", 20'000);
    auto const third = this->enqueue_for("anna", "normal", 30'000);
    EXPECT_EQ(this->queue.place(first)->position, 1);
    EXPECT_EQ(this->queue.place(first)->wait_ms, 0);
    EXPECT_EQ(this->queue.place(third)->position, 3);
    EXPECT_EQ(this->queue.place(third)->wait_ms, 30'000);
    auto const lease = this->claim();
    EXPECT_EQ(this->queue.heartbeat(*lease, 30'000, 50, "mix"), false);
    EXPECT_EQ(this->queue.place(second)->position, 1);
    EXPECT_EQ(this->queue.place(second)->wait_ms, 5'000);
    EXPECT_FALSE(this->queue.place(first));
    EXPECT_EQ(JobQueue(this->database, {.slots = 2}).place(third)->wait_ms, 12'500);
}

template <typename Work>
std::int64_t retry_after_s(Work work) {
    try {
        work();
    } catch (QueueFull const& full) {
        return full.retry_after_s();
    }
    return 0;
}

TYPED_TEST(Queue, PushesBackWhenAClientQueuesTooMuch) {
    this->database.query("UPDATE tenant SET max_queued = 3");
    for (int i = 0; i < 3; ++i) {
        this->enqueue_for("anna", "normal", 20'000);
    }
    EXPECT_EQ(retry_after_s([&] { this->enqueue_for("anna"); }), 20); // until one of three has run
    EXPECT_FALSE(this->database.in_transaction());
    this->enqueue_for("bert");
    while (this->claim()) { // Bert's and Anna's
    }
    EXPECT_EQ(retry_after_s([&] { this->enqueue_for("anna"); }), 0);
}

TYPED_TEST(Queue, PushesBackWhenAllTogetherQueueTooMuch) {
    JobQueue small{this->database, {.queued_cost_ms_max = 100'000, .slots = 2}};
    Transaction transaction{this->database};
    static_cast<void>(small.enqueue({.tenant = "anna", .spec = "{}", .cost_ms = 90'000}));
    EXPECT_EQ(
        retry_after_s([&] {
            static_cast<void>(small.enqueue({.tenant = "bert", .spec = "{}", .cost_ms = 20'000}));
        }),
        5
    );
    static_cast<void>(small.enqueue({.tenant = "bert", .spec = "{}", .cost_ms = 10'000}));
}

TYPED_TEST(Queue, KnowsNoJobOfAStranger) {
    try {
        this->enqueue_for("carl");
        ADD_FAILURE();
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::not_found);
    }
}

} // namespace

} // namespace stemlathe::service
