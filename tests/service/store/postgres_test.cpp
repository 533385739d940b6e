#include "kernels/base/failure.hpp"
#include "service/store/events.hpp"
#include "tests/service/store/old_postgres.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>

/// What holds for PostgreSQL alone: it is elsewhere, others use it, and it goes away.
namespace stemlathe::service {

namespace {

using test::add_tenant;
using test::OldPostgres;
using test::PostgresCluster;
using test::PostgresSchema;
using test::TempFolder;

/// The sentence that opening `url` ends with, after its code.
std::string refusal(std::string const& url) {
    auto const failure = test::failure_of([&] { PostgresDatabase{url}; });
    return failure ? std::string{name_of(failure->code())} + ": " + failure->what() : "opened";
}

bool holds(std::string const& text, std::string const& words) {
    return text.find(words) != std::string::npos;
}

class PostgreSQL : public ::testing::Test {
  protected:
    void SetUp() override {
        if (PostgresCluster::programs().empty()) {
            GTEST_SKIP() << PostgresCluster::kAbsent;
        }
    }
};

/// As a newer program's migration does to the statements of the older ones that run.
TEST_F(PostgreSQL, GoesOnReadingATableThatGotAnotherColumn) {
    PostgresSchema schema;
    PostgresDatabase newer{schema.url()};
    auto& older = schema.database();
    add_tenant(older, "anna");
    auto const statements = {
        "SELECT * FROM tenant WHERE id = $1",
        "SELECT t.*, 1 AS one FROM tenant t WHERE id = $1",
        "SELECT 1 AS one, * FROM tenant WHERE id = $1",
        "UPDATE tenant SET weight = 7 WHERE id = $1 RETURNING *"};
    for (auto const* const sql : statements) {
        EXPECT_EQ(older.query(sql, {"anna"}).size(), 1U) << sql;
    }
    newer.query("ALTER TABLE tenant ADD COLUMN tomorrow TEXT");
    for (auto const* const sql : statements) {
        Transaction transaction{older}; // where a statement that fails cannot be tried again
        EXPECT_EQ(older.query(sql, {"anna"}).size(), 1U) << sql;
        transaction.commit();
    }
}

TEST(PostgreSQLAddress, NamesThePlaceWithoutItsSecrets) {
    PostgresAddress const address{"postgres://joe:secret@db1,db2:5433/songs?connect_timeout=9"};
    EXPECT_EQ(address.place(), "PostgreSQL at db1,db2 (database songs)");
    auto const value_of = [&](std::string const& keyword) {
        std::string all;
        for (auto const& [name, value] : address.settings()) {
            all += name == keyword ? value + ";" : "";
        }
        return all;
    };
    EXPECT_EQ(value_of("host"), "db1,db2;");
    EXPECT_EQ(value_of("password"), "secret;");
    EXPECT_EQ(value_of("connect_timeout"), "9;"); // the user's, not ours
    EXPECT_EQ(value_of("tcp_user_timeout"), "10000;");
    EXPECT_EQ(value_of("target_session_attrs"), "read-write;");
}

TEST(PostgreSQLAddress, RefusesWhatIsNone) {
    for (auto const* wrong : {"", "mysql://db/songs", "postgres://db/songs?colour=red"}) {
        auto const said = refusal(wrong);
        EXPECT_TRUE(holds(said, "invalid_argument: the store's url ")) << said;
        EXPECT_TRUE(holds(said, "postgresql://stemlathe@")) << said;
    }
}

TEST(PostgreSQLAddress, SaysWhereNobodyAnswers) {
    auto const said = refusal("postgres://joe:secret@127.0.0.1:1/songs");
    EXPECT_TRUE(holds(said, "storage_failed: cannot reach PostgreSQL at 127.0.0.1")) << said;
    EXPECT_TRUE(holds(said, "refused")) << said;
    EXPECT_FALSE(holds(said, "secret")) << said;
    EXPECT_FALSE(holds(said, "\n")) << said;
}

TEST(PostgreSQLAddress, RefusesAServerThatIsTooOld) {
    OldPostgres const server{"14.9"};
    auto const said = refusal("postgresql:///songs?user=joe&host=" + server.host());
    EXPECT_TRUE(holds(said, "invalid_argument: PostgreSQL at ")) << said;
    EXPECT_TRUE(holds(said, "is version 14.9; stemlathe needs 15 or newer")) << said;
}

TEST_F(PostgreSQL, RefusesADatabaseOfAnotherEncoding) {
    auto& cluster = PostgresCluster::shared();
    PostgresDatabase{cluster.url()}.query(
        "CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"
    );
    auto const said = refusal(cluster.url("public", "ascii"));
    EXPECT_TRUE(holds(said, "invalid_argument: ")) << said;
    EXPECT_TRUE(holds(said, "is SQL_ASCII sorted by C")) << said;
    EXPECT_TRUE(holds(said, "createdb --template=template0 --encoding=UTF8 --locale=C")) << said;
}

TEST_F(PostgreSQL, FindsTheHostThatAnswersAmongSeveral) {
    auto& cluster = PostgresCluster::shared();
    auto url = cluster.url();
    url.replace(url.find(cluster.host()), cluster.host().size(), "/nowhere," + cluster.host());
    EXPECT_EQ(PostgresDatabase{url}.query("SELECT 1 AS one").front().integer("one"), 1);
}

TEST_F(PostgreSQL, RefusesTextThatHoldsAZero) {
    PostgresSchema schema;
    auto const failure = test::failure_of([&] {
        schema.database().query("SELECT $1 AS words", {std::string("a\0b", 3)});
    });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code(), Code::invalid_argument) << failure->what();
}

TEST_F(PostgreSQL, PreparesAgainWhatAMigrationMadeStale) {
    PostgresSchema schema;
    auto& database = schema.database();
    database.query("CREATE TABLE t(a BIGINT)");
    database.query("INSERT INTO t VALUES(1)");
    EXPECT_EQ(database.query("SELECT * FROM t").front().integer("a"), 1);
    PostgresDatabase{schema.url()}.query("ALTER TABLE t ADD COLUMN b BIGINT DEFAULT 2");
    EXPECT_EQ(database.query("SELECT * FROM t").front().integer("b"), 2);
}

/// The words of pg_locks: somebody waits for his turn.
void await_queue(Database& database) {
    while (database.query("SELECT 1 AS one FROM pg_locks WHERE NOT granted").empty()) {
        ::usleep(5'000);
    }
}

std::int64_t append_of_type(Database& database, std::string const& type) {
    return append_event(database, {.tenant = "t", .type = type, .subject = "s", .data = "{}"});
}

TEST_F(PostgreSQL, LetsChangesTakeTurnsSoThatEventsAreSeenInOrder) {
    PostgresSchema schema;
    auto& first = schema.database();
    PostgresDatabase watcher{schema.url()};
    std::int64_t later = 0;
    Transaction transaction{first};
    auto const earlier = append_of_type(first, "earlier");
    std::jthread const other{[&] {
        PostgresDatabase second{schema.url()};
        second.query("SELECT set_config('test.now_ms', '0', false)");
        Transaction change{second};
        later = append_of_type(second, "later");
        change.commit();
    }};
    await_queue(watcher);
    EXPECT_EQ(event_span(watcher).newest, 0);
    transaction.commit();
    while (event_span(watcher).newest <= earlier) {
        ::usleep(5'000);
    }
    EXPECT_EQ(event_span(watcher).oldest, earlier);
}

TEST_F(PostgreSQL, PutsOutAProcessThatFallsSilentWithinAChange) {
    PostgresSchema schema;
    auto& silent = schema.database();
    silent.query("CREATE TABLE t(a BIGINT)");
    silent.query("SET idle_in_transaction_session_timeout = '50ms'");
    {
        Transaction transaction{silent};
        silent.query("INSERT INTO t VALUES(1)");
        PostgresDatabase other{schema.url()};
        Transaction change{other}; // its turn comes when the server has lost patience
        other.query("INSERT INTO t VALUES(2)");
        change.commit();
        auto const failure = test::failure_of([&] { silent.query("INSERT INTO t VALUES(3)"); });
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->code(), Code::storage_failed);
        EXPECT_TRUE(holds(failure->what(), "lost the connection")) << failure->what();
        EXPECT_THROW(transaction.commit(), Failure);
    }
    auto const rows = silent.query("SELECT a FROM t"); // it has come back by itself
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.front().integer("a"), 2);
}

TEST_F(PostgreSQL, KeepsWhatWasCommittedThroughStopsAndKills) {
    PostgresCluster cluster{PostgresCluster::Durability::full};
    PostgresDatabase database{cluster.url()};
    database.query("CREATE TABLE t(a BIGINT)");
    for (std::int64_t i = 0; i < 2; ++i) {
        {
            Transaction kept{database};
            database.query("INSERT INTO t VALUES($1)", {i});
            kept.commit();
        }
        Transaction lost{database};
        database.query("INSERT INTO t VALUES($1)", {100 + i});
        i == 0 ? cluster.stop() : cluster.kill();
        auto const failure = test::failure_of([&] { lost.commit(); });
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->code(), Code::storage_failed) << failure->what();
        cluster.start();
    }
    std::string found;
    for (auto const& row : database.query("SELECT a FROM t ORDER BY a")) {
        found += std::to_string(row.integer("a")) + " ";
    }
    EXPECT_EQ(found, "0 1 ");
}

TEST_F(PostgreSQL, SaysThatItIsGoneAndComesBackByItself) {
    PostgresCluster cluster{PostgresCluster::Durability::none};
    PostgresDatabase database{cluster.url()};
    cluster.stop();
    for (int i = 0; i < 3; ++i) { // tried once a second, answered at once
        auto const failure = test::failure_of([&] { database.query("SELECT 1 AS one"); });
        ASSERT_TRUE(failure);
        EXPECT_EQ(failure->code(), Code::storage_failed);
        EXPECT_TRUE(holds(failure->what(), "cannot reach PostgreSQL at ")) << failure->what();
        EXPECT_THROW(Transaction{database}, Failure);
        EXPECT_FALSE(database.in_transaction());
    }
    cluster.start();
    while (test::failure_of([&] { database.query("SELECT 1 AS one"); })) {
        ::usleep(50'000);
    }
    cluster.stop();
    cluster.start();
    Transaction transaction{database}; // nobody notices a restart between two changes
    database.query("CREATE TABLE t(a BIGINT)");
    transaction.commit();
}

} // namespace

} // namespace stemlathe::service
