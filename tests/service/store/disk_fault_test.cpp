#include "kernels/base/failure.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "tests/service/store/faulty_disk.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <set>

namespace stemlathe::service {

namespace {

using test::add_tenant;
using test::DiskFault;
using test::install_faulty_disk;
using test::open_database;
using test::order_disk_fault;
using test::order_fdatasync_error;
using test::TempFolder;
using test::tree_of;
using test::use_memory_as_disk;
using test::write_file;

void copy_all(std::filesystem::path const& from, std::filesystem::path const& to) {
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

constexpr std::size_t kSmall = 9'000;
constexpr std::size_t kLarge = 5'000'000; ///< more than the log may grow

/// What a run on a failing disk came to.
struct DiskRun {
    std::set<std::string> kept{};    ///< committed, said the database
    std::set<std::string> refused{}; ///< it did not
    std::set<Code> codes{};
    bool works_on = true; ///< the transaction after the refused one was taken
};

/// Ten transactions, the last of which may be larger than the rest.
DiskRun
write_on(std::filesystem::path const& folder, DiskFault fault, int nth, std::size_t last_bytes) {
    DiskRun run;
    auto const database = open_database(folder);
    order_disk_fault(fault, nth);
    for (int i = 0; i < 10; ++i) {
        auto const id = "client-" + std::to_string(i);
        try {
            Transaction transaction{*database};
            add_tenant(*database, id);
            add_tenant(*database, id + "-twin");
            database->query(
                "UPDATE tenant SET name = $2 WHERE id = $1",
                {id, std::string(i == 9 ? last_bytes : kSmall, 'n')}
            );
            transaction.commit();
            run.kept.insert(id);
        } catch (Failure const& failure) {
            run.codes.insert(failure.code());
            run.works_on = run.refused.empty();
            run.refused.insert(id);
        }
    }
    return run;
}

std::set<std::string> clients_in(std::filesystem::path const& folder) {
    auto const database = open_database(folder);
    EXPECT_EQ(database->query("PRAGMA integrity_check").front().text("integrity_check"), "ok");
    std::set<std::string> ids;
    for (auto const& row : database->query("SELECT id FROM tenant")) {
        auto const& id = row.text("id");
        if (!id.ends_with("-twin")) {
            ids.insert(id);
        }
    }
    EXPECT_EQ(
        database->query("SELECT id FROM tenant").size(), 2 * ids.size()
    ); // whole or not at all
    return ids;
}

class DiskFaults : public ::testing::TestWithParam<DiskFault> {
  protected:
    static void expect_nothing_lost(DiskRun const& run, std::set<std::string> const& found) {
        EXPECT_TRUE(std::ranges::includes(found, run.kept));
        for (auto const& id : run.refused) {
            // After a failed sync nobody knows; else what was refused did not happen.
            EXPECT_TRUE(GetParam() == DiskFault::sync_failed || !found.contains(id)) << id;
        }
        auto const expected =
            GetParam() == DiskFault::full ? Code::storage_full : Code::storage_failed;
        EXPECT_TRUE(run.codes.empty() || run.codes == std::set{expected});
        if (GetParam() == DiskFault::sync_failed && !run.refused.empty()) {
            EXPECT_EQ(run.kept.size() + run.refused.size(), 10U);
            EXPECT_TRUE(run.kept.empty() || *run.refused.begin() > *run.kept.rbegin())
                << "something was taken after a failed sync";
        } else {
            EXPECT_LE(run.refused.size(), 1U) << "the service stays up";
        }
    }

    /// Lets the first write fail in one run, the `step`th after it in the next, until none is left
    /// to fail. @returns how many were refused
    static int let_each_fail(TempFolder const& folder, std::size_t last_bytes, int step) {
        int faults = 0;
        bool has_failed = true;
        for (int nth = 1; has_failed; nth += step) {
            SCOPED_TRACE("fault " + std::to_string(nth));
            auto const at = folder / std::to_string(nth);
            copy_all(folder / "new", at);
            auto const run = write_on(at, GetParam(), nth, last_bytes);
            has_failed = order_disk_fault(DiskFault::none, 0) >= nth;
            expect_nothing_lost(run, clients_in(at));
            std::filesystem::remove_all(at);
            faults += run.refused.empty() ? 0 : 1;
        }
        return faults;
    }
};

/// SQLite's own method; of the thousand writes of a large transaction each hundredth.
TEST_P(DiskFaults, LoseNothingThatWasCommittedWhicheverWriteFails) {
    install_faulty_disk();
    use_memory_as_disk();
    TempFolder const folder;
    std::filesystem::create_directory(folder / "new");
    static_cast<void>(clients_in(folder / "new"));
    EXPECT_GE(let_each_fail(folder, kSmall, 1), 9); // each transaction, whichever the fault
    EXPECT_GE(let_each_fail(folder, kLarge, 97), 1);
}

std::string name_of_fault(::testing::TestParamInfo<DiskFault> const& info) {
    constexpr std::array kNames{"None", "Full", "WriteFailed", "SyncFailed"};
    return kNames[static_cast<std::size_t>(info.param)];
}

INSTANTIATE_TEST_SUITE_P(
    Each,
    DiskFaults,
    ::testing::Values(DiskFault::full, DiskFault::write_failed, DiskFault::sync_failed),
    name_of_fault
);

std::uintmax_t largest_file_in(std::filesystem::path const& folder) {
    std::uintmax_t largest = 0;
    for (auto const& entry : std::filesystem::directory_iterator{folder}) {
        largest = std::max(largest, entry.is_regular_file() ? entry.file_size() : 0);
    }
    return largest;
}

/// In a child whose files may grow by 400 kB, then by more. @returns its exit status
int fill_the_disk(std::filesystem::path const& folder) {
    std::signal(SIGXFSZ, SIG_IGN);
    auto const database = open_database(folder);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    rlimit const small{.rlim_cur = largest_file_in(folder) + 400'000, .rlim_max = limit.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    int taken = 0;
    try {
        for (; taken < 1'000; ++taken) {
            add_tenant(*database, std::to_string(taken));
        }
        return 1; // it never was full
    } catch (Failure const& failure) {
        if (failure.code() != Code::storage_full || taken == 0) {
            return 2;
        }
    }
    if (database->query("SELECT id FROM tenant").size() != static_cast<std::size_t>(taken)) {
        return 3; // reading goes on, and finds what was taken
    }
    ::setrlimit(RLIMIT_FSIZE, &limit);
    add_tenant(*database, "after");
    return database->query("SELECT id FROM tenant").size() == static_cast<std::size_t>(taken) + 1
               ? 0
               : 4;
}

TEST(FullDisk, IsSaidInWordsAndForgottenWhenThereIsRoomAgain) {
    TempFolder const folder;
    pid_t const child = ::fork();
    if (child == 0) {
        ::_exit(fill_the_disk(folder.path()));
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_TRUE(WIFEXITED(status));
    auto const database = open_database(folder.path());
    EXPECT_EQ(database->query("SELECT id FROM tenant WHERE id = 'after'").size(), 1U);
}

TEST(BlobDiskFaults, DropAFileWhoseSyncFailedAndNeverSyncItAgain) {
    TempFolder const folder;
    LocalBlobStore blobs{folder.path()};
    for (auto const& [error, code] :
         {std::pair{EIO, Code::storage_failed}, {ENOSPC, Code::storage_full}}) {
        write_file(blobs.workshop() / "take", "take");
        order_fdatasync_error(error);
        try {
            static_cast<void>(blobs.publish(blobs.workshop() / "take"));
            ADD_FAILURE();
        } catch (Failure const& failure) {
            EXPECT_EQ(failure.code(), code);
        }
        EXPECT_TRUE(tree_of(folder / "cas").empty());
        EXPECT_TRUE(tree_of(blobs.workshop()).empty());
    }
    write_file(blobs.workshop() / "take", "take");
    EXPECT_EQ(blobs.publish(blobs.workshop() / "take").bytes, 4);
}

} // namespace

} // namespace stemlathe::service
