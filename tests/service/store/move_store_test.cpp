#include "kernels/base/failure.hpp"
#include "service/store/events.hpp"
#include "service/store/move_store.hpp"
#include "service/store/open_store.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

/// An SQLite installation goes to PostgreSQL, whole or not at all.
namespace stemlathe::service {

namespace {

using test::add_tenant;
using test::fails_with;
using test::open_database;
using test::PostgresCluster;
using test::TempFolder;

/// Words that are hard to carry: quotes, controls, backslashes, other planes, and no words at all.
constexpr char const* kHard = "\"it's\" \\u0041 \\ \t\r\n\x01\x7F z\u00FCrich \U0001F3B9 {}[],:";

/// Within a transaction. @returns its seq
std::int64_t append(Database& database, std::string const& data) {
    return append_event(database, {.tenant = "anna", .type = "x", .subject = "s", .data = data});
}

void add_comment(Database& database, std::string const& id, Value const& parent) {
    database.query(
        "INSERT INTO comment(id, tenant, session, parent, author, author_id, text, state, created)"
        " VALUES($1, 'anna', 'ses_1', $2, '', '', $3, 'open', 0)",
        {id, parent, std::string{kHard}}
    );
}

class PostgreSQLMove : public ::testing::Test {
  protected:
    void SetUp() override {
        if (PostgresCluster::programs().empty()) {
            GTEST_SKIP() << PostgresCluster::kAbsent;
        }
        static int count = 0;
        auto& cluster = PostgresCluster::shared();
        auto const name = "moved_" + std::to_string(++count);
        PostgresDatabase{cluster.url()}.query("CREATE DATABASE " + name);
        url_ = cluster.url("public", name);
        fill();
    }

    /// More rows than are copied at once, big numbers, an answer whose id sorts before what it
    /// answers, and a key that was used and is gone.
    void fill() {
        auto const database = open_database(folder_.path());
        Transaction transaction{*database};
        add_tenant(*database, "anna");
        database->query(
            "INSERT INTO session(id, tenant, state, details, created, updated, version)"
            " VALUES('ses_1', 'anna', 'draft', $1, 0, 0, $2)",
            {std::string{kHard}, std::int64_t{9'007'199'254'740'993}}
        );
        add_comment(*database, "cmt_b", nullptr);
        add_comment(*database, "cmt_a", "cmt_b");
        for (int i = 0; i < 1'200; ++i) {
            last_event_ = append(*database, "{\"n\":" + std::to_string(i) + "}");
        }
        database->query("DELETE FROM event WHERE seq = $1", {last_event_});
        transaction.commit();
    }

    std::int64_t count_in(Database& database, std::string const& table) {
        return database.query("SELECT count(*) AS rows FROM " + table).front().integer("rows");
    }

    TempFolder folder_;
    std::string url_;
    std::int64_t last_event_ = 0;
};

TEST_F(PostgreSQLMove, TakesEverythingAlongAndGoesOn) {
    auto const moved = move_store(folder_.path(), url_);
    auto const event = std::ranges::find(moved.tables, "event", &MovedTable::name);
    ASSERT_NE(event, moved.tables.end());
    EXPECT_EQ(event->rows, 1'199);
    EXPECT_EQ(event->sha256.size(), 64U);
    EXPECT_GE(moved.tables.size(), 20U);

    auto const store = open_store(folder_.path(), url_);
    auto& database = *store.database;
    auto const session = database.query("SELECT details, version FROM session").front();
    EXPECT_EQ(session.text("details"), kHard);
    EXPECT_EQ(session.integer("version"), 9'007'199'254'740'993);
    EXPECT_EQ(
        database.query("SELECT parent FROM comment WHERE id = 'cmt_a'").front().text("parent"),
        "cmt_b"
    );
    Transaction const change{database};
    EXPECT_EQ(append(database, "{}"), last_event_ + 1); // a key is never used twice
}

TEST_F(PostgreSQLMove, LeavesAnInstallationThatNobodyTakesForTheTruth) {
    EXPECT_TRUE(fails_with(Code::invalid_argument, "that was not moved", [&] {
        static_cast<void>(open_store(folder_.path(), url_));
    }));
    static_cast<void>(move_store(folder_.path(), url_));
    EXPECT_TRUE(fails_with(Code::invalid_argument, "was moved to PostgreSQL at ", [&] {
        static_cast<void>(open_store(folder_.path(), ""));
    }));
    EXPECT_TRUE(fails_with(Code::invalid_argument, "was moved to PostgreSQL at ", [&] {
        static_cast<void>(move_store(folder_.path(), url_));
    }));
}

TEST_F(PostgreSQLMove, TouchesNoTargetThatHoldsSomething) {
    {
        PostgresDatabase target{url_};
        migrate(target);
        add_tenant(target, "bert");
    }
    EXPECT_TRUE(fails_with(Code::invalid_argument, "is not empty: there are rows in tenant", [&] {
        static_cast<void>(move_store(folder_.path(), url_));
    }));
    PostgresDatabase target{url_};
    EXPECT_EQ(count_in(target, "tenant"), 1);
    EXPECT_EQ(count_in(target, "event"), 0);
    EXPECT_EQ(count_in(*open_store(folder_.path(), "").database, "event"), 1'199); // as it was
}

TEST_F(PostgreSQLMove, MovesNothingOfAnInstallationThatDoesNotFit) {
    open_database(folder_.path())
        ->query(
            "INSERT INTO preset(id, tenant, name, plan, deliveries, created)"
            " SELECT 'pre_1', id, $1, '', '', 0 FROM tenant LIMIT 1",
            {std::string("a\0b", 3)}
        );
    EXPECT_TRUE(fails_with(Code::invalid_argument, "holds a zero", [&] {
        static_cast<void>(move_store(folder_.path(), url_));
    }));
    PostgresDatabase target{url_};
    EXPECT_EQ(count_in(target, "tenant"), 0);
    EXPECT_EQ(count_in(target, "event"), 0);
    EXPECT_NO_THROW(static_cast<void>(open_store(folder_.path(), "")));
}

/// A trigger plays the disk or the network that gives back something else than it was given.
TEST_F(PostgreSQLMove, NoticesARowThatArrivedAsAnother) {
    {
        PostgresDatabase target{url_};
        migrate(target);
        target.run_script("CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS"
                          " 'BEGIN NEW.data = replace(NEW.data, ''777'', ''778''); RETURN NEW; END'"
                          "; CREATE TRIGGER spoil BEFORE INSERT ON event FOR EACH ROW"
                          " EXECUTE FUNCTION spoil()");
    }
    EXPECT_TRUE(fails_with(Code::storage_failed, "with another digest; nothing was moved", [&] {
        static_cast<void>(move_store(folder_.path(), url_));
    }));
    PostgresDatabase target{url_};
    EXPECT_EQ(count_in(target, "tenant"), 0);
}

TEST_F(PostgreSQLMove, RefusesAFolderThatAServiceWorksOn) {
    auto const service = open_database(folder_.path());
    EXPECT_TRUE(fails_with(Code::invalid_argument, "is working with the data folder", [&] {
        static_cast<void>(move_store(folder_.path(), url_));
    }));
}

TEST(PostgreSQLMoveFrom, RefusesAFolderWithoutAnInstallation) {
    TempFolder const folder;
    EXPECT_TRUE(fails_with(Code::not_found, "there is no SQLite installation in", [&] {
        static_cast<void>(move_store(folder.path(), "postgresql://nowhere/songs"));
    }));
    EXPECT_TRUE(test::tree_of(folder.path()).empty());
}

} // namespace

} // namespace stemlathe::service
