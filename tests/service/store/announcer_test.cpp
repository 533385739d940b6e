#include "service/store/events.hpp"
#include "service/store/postgres/announcer.hpp"
#include "tests/service/store/test_database.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace stemlathe::service {

namespace {

using test::PostgresCluster;
using test::PostgresSchema;

/// Counts what an announcer hears.
class Listener {
  public:
    explicit Listener(std::string const& url)
        : announcer_{url, [this] {
                         hear();
                     }} {}

    void announce() {
        announcer_.announce();
    }

    [[nodiscard]] int times() {
        std::lock_guard const lock{mutex_};
        return times_;
    }

    /// Returns when it has heard something more than `times` times.
    void await(int times) {
        std::unique_lock lock{mutex_};
        heard_.wait(lock, [&] { return times_ > times; });
    }

  private:
    void hear() {
        std::lock_guard const lock{mutex_};
        ++times_;
        heard_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable heard_;
    int times_ = 0;
    Announcer announcer_;
};

/// Somebody writes an event and says nothing.
void append_silently(Database& database) {
    Transaction transaction{database};
    append_event(database, {.tenant = "t", .type = "x", .subject = "s", .data = "{}"});
    transaction.commit();
}

class PostgreSQLAnnouncer : public ::testing::Test {
  protected:
    void SetUp() override {
        if (PostgresCluster::programs().empty()) {
            GTEST_SKIP() << PostgresCluster::kAbsent;
        }
    }
};

/// LISTEN is there when the first look has been: an event that was there before is what it sees.
TEST_F(PostgreSQLAnnouncer, TellsTheOthersAndNotItself) {
    PostgresSchema schema;
    append_silently(schema.database());
    Listener speaker{schema.url()};
    Listener listener{schema.url()};
    speaker.await(0);
    listener.await(0);
    auto const own = speaker.times();
    for (int i = 0; i < 3; ++i) {
        auto const times = listener.times();
        speaker.announce();
        listener.await(times);
    }
    EXPECT_EQ(speaker.times(), own);
}

TEST_F(PostgreSQLAnnouncer, SaysOnceWhatIsAnnouncedAThousandTimes) {
    PostgresSchema schema;
    append_silently(schema.database());
    Listener speaker{schema.url()};
    Listener listener{schema.url()};
    speaker.await(0);
    listener.await(0);
    auto const before = listener.times();
    for (int i = 0; i < 1'000; ++i) {
        speaker.announce();
    }
    listener.await(before);
    append_silently(schema.database()); // heard within a second, and after all announcements
    listener.await(before + 1);
    EXPECT_LT(listener.times(), before + 100);
}

TEST_F(PostgreSQLAnnouncer, FindsEventsThatNobodyAnnounced) {
    PostgresSchema schema;
    append_silently(schema.database());
    Listener listener{schema.url()};
    listener.await(0);
    for (int i = 0; i < 2; ++i) {
        auto const times = listener.times();
        append_silently(schema.database());
        listener.await(times);
    }
}

TEST_F(PostgreSQLAnnouncer, ListensAgainAfterARestart) {
    PostgresCluster cluster{PostgresCluster::Durability::none};
    PostgresDatabase database{cluster.url()};
    migrate(database);
    append_silently(database);
    Listener speaker{cluster.url()};
    Listener listener{cluster.url()};
    speaker.await(0);
    listener.await(0);
    cluster.stop();
    listener.await(listener.times()); // it may have missed something
    cluster.start();
    auto const times = listener.times();
    append_silently(database);
    listener.await(times);
}

TEST_F(PostgreSQLAnnouncer, GoesWhenItIsToldThoughNobodyAnswers) {
    Listener const listener{"postgresql://127.0.0.1:1/nobody"};
}

} // namespace

} // namespace stemlathe::service
