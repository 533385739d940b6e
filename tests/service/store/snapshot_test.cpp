#include "kernels/base/failure.hpp"
#include "service/store/snapshot.hpp"
#include "tests/service/store/faulty_disk.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

/// Copies of an SQLite database that is in use.
namespace stemlathe::test {

namespace {

namespace fs = std::filesystem;
using service::Transaction;

class UsedSqlite : public ::testing::Test {
  protected:
    UsedSqlite() {
        install_faulty_disk();
        database = open_database(folder.path());
    }

    /// A commit of about a megabyte, in small rows: their copying can be broken off.
    void fill(std::string const& prefix) {
        Transaction transaction{*database};
        for (int i = 0; i < 1'000; ++i) {
            database->query(
                "INSERT INTO installation(name, value) VALUES($1, $2)",
                {fmt::format("{}{}", prefix, i), std::string(1'000, 'x')}
            );
        }
        transaction.commit();
    }

    static std::int64_t rows_of(service::Database& of) {
        return of.query("SELECT count(*) AS count FROM installation").front().integer("count");
    }

    static std::string check(service::Database& of) {
        return of.query("PRAGMA integrity_check").front().text("integrity_check");
    }

    TempFolder folder{};
    fs::path const file = folder.path() / "stemlathe.db";
    fs::path const copy = folder.path() / "copy.db";
    std::unique_ptr<service::Database> database{};
};

/// The copy cannot end before the gate is opened, so all that is written meanwhile was not held up.
TEST_F(UsedSqlite, IsWrittenToWhileItIsCopied) {
    fill("before");
    DiskGate gate{"copy.db"};
    std::jthread copying{[&] {
        service::snapshot_used_sqlite(file, copy, {});
    }};
    gate.await();
    for (int i = 0; i < 6; ++i) { // more than the pages after which a checkpoint is due
        fill(fmt::format("during {} ", i));
    }
    EXPECT_EQ(rows_of(*database), 7'000);
    gate.open();
    copying.join();
    EXPECT_EQ(check(*database), "ok");
    auto const copied = service::open_snapshot(copy);
    EXPECT_EQ(rows_of(*copied), 1'000) << "as it was at the beginning";
    EXPECT_EQ(check(*copied), "ok");
    EXPECT_EQ(fs::status(copy).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    // The log is taken over now that nobody reads what lies before it.
    fill("after");
    fill("after that");
    EXPECT_LT(fs::file_size(file.string() + "-wal"), 12U << 20U);
    database.reset();
    EXPECT_EQ(rows_of(*open_database(folder.path())), 9'000);
}

TEST_F(UsedSqlite, LeavesNothingWhereItIsStopped) {
    for (int i = 0; i < 5; ++i) {
        fill(fmt::format("{} ", i));
    }
    std::stop_source stop;
    stop.request_stop();
    EXPECT_TRUE(fails_with(Code::cancelled, "stopped reading", [&] {
        service::snapshot_used_sqlite(file, copy, stop.get_token());
    }));
    EXPECT_FALSE(fs::exists(copy));
    EXPECT_EQ(rows_of(*database), 5'000);
}

TEST_F(UsedSqlite, SaysWhatKeepsItFromBeingCopied) {
    EXPECT_TRUE(fails_with(Code::storage_failed, "there.db", [&] {
        service::snapshot_used_sqlite(folder.path() / "not there.db", copy, {});
    }));
    EXPECT_FALSE(fs::exists(copy));
    order_disk_fault(DiskFault::full, 1);
    EXPECT_TRUE(fails_with(Code::storage_full, "full", [&] {
        service::snapshot_used_sqlite(file, copy, {});
    }));
    order_disk_fault(DiskFault::none, 0);
    EXPECT_FALSE(fs::exists(copy));
    EXPECT_EQ(rows_of(*database), 0) << "the service itself goes on";
}

} // namespace

} // namespace stemlathe::test
