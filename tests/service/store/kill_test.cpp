#include "formats/checksum.hpp"
#include "service/blobs/blob_rows.hpp"
#include "service/blobs/garbage.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "service/store/ids.hpp"
#include "tests/service/store/dice.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>

namespace stemlathe::service {

namespace {

using test::add_tenant;
using test::Dice;
using test::open_database;
using test::TempFolder;
using test::write_file;

/// Publishes some bytes again and again, forgets half of what it published, and clears up behind
/// itself at once; until it is killed. A byte in `steps` says that a step is done.
[[noreturn]] void publish_forever(std::filesystem::path const& folder, unsigned seed, int steps) {
    auto const database = open_database(folder);
    LocalBlobStore blobs{folder};
    Dice dice{seed};
    auto const step = [&] {
        if (::write(steps, "s", 1) != 1) {
            ::_exit(1); // nobody listens
        }
    };
    for (;;) {
        // Few enough that many are published twice, or while they are being removed.
        auto const content = static_cast<std::size_t>(dice.number(0, 39));
        auto const file = blobs.workshop() / "take";
        write_file(file, std::string(content * 3'000, static_cast<char>('a' + content % 26)));
        step();
        auto const blob = blobs.publish(file);
        step();
        Transaction transaction{*database};
        note_blob(*database, blob);
        database->query(
            "INSERT INTO upload(id, tenant, state, kind, metadata, bytes, digest, created, expires,"
            " boot) VALUES($1, 'anna', 'complete', 'whole', '', $2, $3, 0, 0, '')",
            {make_id("upl"), blob.bytes, blob.digest}
        );
        if (dice.one_in(2)) {
            database->query("UPDATE upload SET state = 'expired' WHERE digest ="
                            " (SELECT digest FROM blob ORDER BY digest LIMIT 1)");
        }
        step();
        transaction.commit();
        step();
        if (dice.one_in(4)) {
            constexpr std::chrono::milliseconds kAtOnce{0};
            collect_garbage(
                [&](auto const& work) { work(*database); },
                blobs,
                {.unreferenced = kAtOnce, .deleted = kAtOnce}
            );
            step();
        }
    }
}

/// Every blob that is referred to is there; every file is what its name says.
void check(std::filesystem::path const& folder, int& blobs_seen) {
    LocalBlobStore const blobs{folder}; // puts back what was set aside
    auto const database = open_database(folder);
    for (auto const& row :
         database->query("SELECT DISTINCT u.digest, b.bytes FROM upload u"
                         " LEFT JOIN blob b ON b.digest = u.digest AND b.state = 'live'"
                         " WHERE u.state = 'complete'")) {
        ASSERT_TRUE(row.maybe_integer("bytes")) << row.text("digest");
        ASSERT_NO_THROW(static_cast<void>(blobs.open(row.text("digest"), row.integer("bytes"))));
        ++blobs_seen;
    }
    for (auto const& entry : std::filesystem::recursive_directory_iterator{folder / "cas"}) {
        if (entry.is_regular_file()) {
            ASSERT_EQ(sha256_of_file(entry.path()), entry.path().filename().string());
        }
    }
}

/// Lets a child work until it has done so many steps, and kills it in the next.
void kill_after(std::filesystem::path const& folder, unsigned seed, std::int64_t steps) {
    int done[2];
    ASSERT_EQ(::pipe(done), 0);
    pid_t const child = ::fork();
    if (child == 0) {
        ::close(done[0]);
        publish_forever(folder, seed, done[1]);
    }
    ::close(done[1]);
    char byte = 0;
    for (std::int64_t i = 0; i < steps; ++i) {
        ASSERT_EQ(::read(done[0], &byte, 1), 1) << "it ended by itself";
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    ::close(done[0]);
}

TEST(Kill, LosesNoBlobAndTearsNone) {
    test::use_memory_as_disk(); // processes die here, and no power is cut
    TempFolder const folder;
    add_tenant(*open_database(folder.path()), "anna");
    Dice dice{20'261'126};
    int blobs_seen = 0;
    constexpr unsigned kKills = 40;
    for (unsigned kill = 0; kill < kKills; ++kill) {
        SCOPED_TRACE("kill " + std::to_string(kill));
        kill_after(folder.path(), kill, dice.number(1, 30));
        check(folder.path(), blobs_seen);
        if (HasFatalFailure()) {
            return;
        }
    }
    EXPECT_GT(blobs_seen, 40); // there was something to lose
}

} // namespace

} // namespace stemlathe::service
