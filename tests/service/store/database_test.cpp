#include "kernels/base/failure.hpp"
#include "service/store/boot_id.hpp"
#include "service/store/database.hpp"
#include "service/store/sqlite/file_system.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

namespace stemlathe::test {

namespace {

using service::Database;
using service::SqliteDatabase;
using service::Transaction;
using service::Value;

template <typename Store>
class DatabaseTest : public ::testing::Test {
  protected:
    Store store;
    Database& database = store.database();
};

TYPED_TEST_SUITE(DatabaseTest, Databases, DatabaseNames);

TYPED_TEST(DatabaseTest, GivesBackWhatItWasGiven) {
    this->database.run_script("CREATE TABLE t(a BIGINT, b TEXT, c TEXT);");
    std::string const words = std::string{"zürich "} + "\xF0\x9F\x8E\xB9" + "; DROP TABLE t; --";
    this->database.query(
        "INSERT INTO t(a, b, c) VALUES($2, $1, $3)", {words, std::int64_t{-1} << 62, nullptr}
    );
    auto const rows = this->database.query(
        "SELECT c, b, a FROM t WHERE a = $1 AND b = $2", {std::int64_t{-1} << 62, words}
    );
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.front().integer("a"), std::int64_t{-1} << 62);
    EXPECT_EQ(rows.front().text("b"), words);
    EXPECT_EQ(rows.front().maybe_text("c"), std::nullopt);
    EXPECT_EQ(rows.front().maybe_integer("a"), std::int64_t{-1} << 62);
}

TYPED_TEST(DatabaseTest, LetsARowOutliveItsResult) {
    auto const row = this->database.query("SELECT 7 AS seven").front();
    EXPECT_EQ(row.integer("seven"), 7);
}

TYPED_TEST(DatabaseTest, GivesSumsAndTruthsAsWholeNumbers) {
    this->database.run_script("CREATE TABLE t(a BIGINT); INSERT INTO t VALUES(5), (6);");
    auto const row = this->database
                         .query("SELECT sum(a) AS sum, count(*) AS count, max(a) > 5 AS is_more,"
                                " max(a) > 6 AS is_most FROM t")
                         .front();
    EXPECT_EQ(row.integer("sum"), 11);
    EXPECT_EQ(row.integer("count"), 2);
    EXPECT_EQ(row.integer("is_more"), 1);
    EXPECT_EQ(row.integer("is_most"), 0);
}

TYPED_TEST(DatabaseTest, SortsByBytes) {
    this->database.run_script("CREATE TABLE t(a TEXT); INSERT INTO t VALUES('b'), ('a_'), ('B'), "
                              "('a'), ('ä'), ('a-b');");
    std::string order;
    for (auto const& row : this->database.query("SELECT a FROM t ORDER BY a")) {
        order += row.text("a") + " ";
    }
    EXPECT_EQ(order, "B a a-b a_ b ä ");
}

TYPED_TEST(DatabaseTest, UndoesWhatWasNotCommitted) {
    this->database.run_script("CREATE TABLE t(a BIGINT);");
    {
        Transaction transaction{this->database};
        this->database.query("INSERT INTO t VALUES(1)");
        EXPECT_TRUE(this->database.in_transaction());
    }
    EXPECT_FALSE(this->database.in_transaction());
    {
        Transaction transaction{this->database};
        this->database.query("INSERT INTO t VALUES(2)");
        transaction.commit();
    }
    auto const rows = this->database.query("SELECT a FROM t");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows.front().integer("a"), 2);
}

TYPED_TEST(DatabaseTest, TellsTheSameTimeThroughoutAStatement) {
    auto const before = this->database.query("SELECT now_ms() AS a, now_ms() AS b").front();
    EXPECT_EQ(before.integer("a"), this->store.now_ms());
    EXPECT_EQ(before.integer("b"), this->store.now_ms());
    this->store.advance(5);
    EXPECT_EQ(
        this->database.query("SELECT now_ms() AS a").front().integer("a"), before.integer("a") + 5
    );
}

TYPED_TEST(DatabaseTest, HoldsForeignKeysAndChecks) {
    for (auto const* wrong :
         {"INSERT INTO token(id, tenant, name, role, scopes, secret_hash, created)"
          " VALUES('t', 'nobody', '', 'owner', '', '', 0)",
          "INSERT INTO blob VALUES('d', 1, 1, 'half', 0)",
          "SELECT nothing_of_the_kind FROM blob"}) {
        try {
            this->database.query(wrong);
            ADD_FAILURE() << wrong;
        } catch (Failure const& failure) {
            EXPECT_EQ(failure.code(), Code::internal) << wrong;
        }
    }
}

TYPED_TEST(DatabaseTest, StaysUsableAfterAFailedStatement) {
    {
        Transaction transaction{this->database};
        EXPECT_THROW(this->database.query("SELECT 1 FROM nowhere"), Failure);
    }
    Transaction transaction{this->database};
    this->database.query("INSERT INTO schema_version VALUES(0)");
    transaction.commit();
}

TEST(SqliteFile, KeepsWhatWasCommittedAndOnlyItsOwnerMayReadIt) {
    TempFolder const folder;
    {
        auto const database = open_database(folder.path());
        add_tenant(*database, "house");
    }
    auto const database = open_database(folder.path());
    EXPECT_EQ(database->query("SELECT id FROM tenant").front().text("id"), "house");
    EXPECT_EQ(database->query("PRAGMA journal_mode").front().text("journal_mode"), "wal");
    EXPECT_EQ(database->query("PRAGMA synchronous").front().integer("synchronous"), 2);
    EXPECT_EQ(database->query("PRAGMA foreign_keys").front().integer("foreign_keys"), 1);
    EXPECT_EQ(database->query("PRAGMA trusted_schema").front().integer("trusted_schema"), 0);
    for (auto const* name : {"stemlathe.db", "stemlathe.db-wal"}) {
        struct stat status {};

        ASSERT_EQ(::stat((folder / name).c_str(), &status), 0) << name;
        EXPECT_EQ(status.st_mode & 0077U, 0U) << name;
    }
}

TEST(SqliteFile, WritesTheLogBackWhenItHasGrown) {
    TempFolder const folder;
    auto const database = open_database(folder.path());
    auto const pages_before = std::filesystem::file_size(folder / "stemlathe.db");
    for (int i = 0; i < 40; ++i) {
        database->query(
            "INSERT INTO tenant(id, name, quota_bytes, created) VALUES($1, $2, 0, 0)",
            {std::to_string(i), std::string(200'000, 'x')}
        );
    }
    EXPECT_GT(std::filesystem::file_size(folder / "stemlathe.db"), pages_before + 4'000'000);
    EXPECT_LT(std::filesystem::file_size(folder / "stemlathe.db-wal"), 6'000'000U);
}

void expect_refused(std::filesystem::path const& folder, std::string const& words) {
    try {
        auto const second = open_database(folder);
        ADD_FAILURE() << "a second connection was let in";
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::invalid_argument);
        EXPECT_NE(std::string{failure.what()}.find(words), std::string::npos) << failure.what();
    }
}

TEST(SqliteFile, IsRefusedTwiceInAProcess) {
    TempFolder const folder;
    auto database = open_database(folder.path());
    expect_refused(folder.path(), "process " + std::to_string(::getpid()) + " is working");
    expect_refused(folder.path(), "already"); // the refusal has not dropped the lock
    database.reset();
    EXPECT_NO_THROW(open_database(folder.path()));
}

TEST(SqliteFile, IsRefusedToASecondProcessUntilTheFirstIsDead) {
    TempFolder const folder;
    int ready[2];
    int life[2]; // closed by itself when this test ends, however that is
    ASSERT_EQ(::pipe(ready), 0);
    ASSERT_EQ(::pipe(life), 0);
    pid_t const child = ::fork();
    if (child == 0) {
        auto const database = open_database(folder.path());
        if (::fork() == 0) {
            ::close(life[1]); // a decoder that outlives the service: it holds nothing
            char end = 0;
            ::_exit(static_cast<int>(::read(life[0], &end, 1)));
        }
        ::_exit(::write(ready[1], "x", 1) == 1 && ::pause() == 0 ? 0 : 1);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    expect_refused(folder.path(), "process " + std::to_string(child) + " is working");
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_NO_THROW(open_database(folder.path()));
    for (int const descriptor : {ready[0], ready[1], life[0], life[1]}) {
        ::close(descriptor);
    }
}

TEST(SqliteFile, IsRefusedOnNetworkFileSystems) {
    EXPECT_EQ(service::network_file_system(0x6969), "NFS");
    EXPECT_EQ(service::network_file_system(0xFF534D42), "CIFS");
    EXPECT_EQ(service::network_file_system(0x65735546), "FUSE");
    EXPECT_EQ(service::network_file_system(0xEF53), "");     // ext4
    EXPECT_EQ(service::network_file_system(0x58465342), ""); // XFS
    EXPECT_EQ(service::network_file_system(0x01021994), ""); // tmpfs
}

TEST(SqliteFile, SaysWhichFileIsDamaged) {
    TempFolder const folder;
    write_file(folder / "stemlathe.db", std::string(8'192, 'x'));
    try {
        auto const database = open_database(folder.path());
        ADD_FAILURE();
    } catch (Failure const& failure) {
        EXPECT_EQ(failure.code(), Code::storage_failed);
        EXPECT_NE(std::string{failure.what()}.find("stemlathe.db"), std::string::npos);
    }
}

TEST(BootId, StaysTheSameWhileTheMachineRuns) {
    EXPECT_EQ(service::boot_id(), service::boot_id());
    EXPECT_EQ(service::boot_id().size(), 36U);
}

} // namespace

} // namespace stemlathe::test
