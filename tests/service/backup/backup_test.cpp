#include "formats/checksum.hpp"
#include "kernels/base/failure.hpp"
#include "service/audit/chain.hpp"
#include "service/audit/log_table.hpp"
#include "service/store/open_store.hpp"
#include "service/store/snapshot.hpp"
#include "service/store/sqlite/database_lock.hpp"
#include "tests/service/backup/house.hpp"
#include "tests/support/files.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

/// Backups: whole, renewed, interrupted, damaged.
namespace stemlathe::test {

namespace {

namespace fs = std::filesystem;
using service::make_backup;
using service::restore_backup;
using service::scrub_backup;

/// Every file of the restored blobs by its bytes: nothing but SHA-256 is asked.
int whole_blobs(fs::path const& data) {
    int count = 0;
    for (auto const& entry : fs::recursive_directory_iterator{data / "blobs/cas"}) {
        if (entry.is_regular_file()) {
            EXPECT_EQ(sha256_of_file(entry.path()), entry.path().filename().string());
            ++count;
        }
    }
    return count;
}

/// Restores into a new folder and says what the database holds.
std::string restored(fs::path const& backup, fs::path const& data) {
    auto const report = restore_backup(backup, {.data = data}, {});
    EXPECT_TRUE(report.faults.empty());
    auto const store = service::open_store(data, "");
    return everything_in(*store.database);
}

TEST(Backup, BringsEverythingBackAfterTheInstallationIsGone) {
    House house;
    house.add_stem("01_Drums.wav");
    house.add_stem("02_Vocals.wav");
    house.add_master("masters/cd/Song.wav");
    auto const garbage = house.add_garbage();
    auto const before = everything_in(*house.database);
    auto const made = house.back_up();
    EXPECT_TRUE(made.faults.empty());
    EXPECT_EQ(made.copied, 4);
    EXPECT_EQ(made.manifest.blobs, 4);
    house.database.reset();
    house.blobs.reset();
    fs::remove_all(house.data());

    EXPECT_EQ(restored(house.backup(), house.data()), before);
    EXPECT_EQ(whole_blobs(house.data()), 4);
    EXPECT_EQ(read_file(house.data() / "profiles.toml"), "# the house's own\n");
    auto const store = service::open_store(house.data(), "");
    service::LocalBlobStore const blobs{house.data() / "blobs"};
    auto const scrubbed = service::scrub(*store.database, blobs, {});
    EXPECT_EQ(scrubbed.blobs, 3) << "garbage is nobody's";
    EXPECT_TRUE(scrubbed.faults.empty());
    EXPECT_TRUE(fs::exists(blob_path(house.data() / "blobs", garbage)));
    // The audit log goes on where it was, and says what happened.
    service::AuditChain chain{service::parse_audit_head(made.manifest.audit_head)};
    service::each_audit_entry(*store.database, [&](auto const& entry) { chain.add(entry); });
    EXPECT_FALSE(chain.fault());
    EXPECT_EQ(chain.entries(), 2);
}

TEST(Backup, CopiesOnlyWhatIsNewAndKeepsOnlyWhatIsNeeded) {
    House house;
    auto const old = house.add_stem("01_Drums.wav");
    auto const kept = house.add_stem("02_Vocals.wav");
    EXPECT_EQ(house.back_up().copied, 2);
    auto const first = fs::last_write_time(blob_path(house.backup() / "blobs", kept));
    house.forget_stem(old);
    auto const added = house.add_master("masters/cd/Song.wav");
    auto const second = house.back_up();
    EXPECT_EQ(second.copied, 1);
    EXPECT_EQ(second.manifest.blobs, 2);
    EXPECT_EQ(fs::last_write_time(blob_path(house.backup() / "blobs", kept)), first);
    EXPECT_TRUE(fs::exists(blob_path(house.backup() / "blobs", added)));
    EXPECT_FALSE(fs::exists(blob_path(house.backup() / "blobs", old)));
    auto const snapshots = fs::directory_iterator{house.backup() / "database"};
    EXPECT_EQ(std::distance(begin(snapshots), end(snapshots)), 1);
    EXPECT_TRUE(scrub_backup(house.backup(), {}).faults.empty());
}

/// Killed after each of its blobs, and once before the first.
TEST(Backup, ThatIsKilledLeavesTheOneBeforeUsable) {
    House house;
    for (auto const* name : {"1.wav", "2.wav", "3.wav"}) {
        house.add_stem(name);
    }
    house.back_up();
    auto const before = everything_in(*house.database);
    house.forget_stem(house.add_stem("gone.wav"));
    for (int blobs = 0; blobs < 4; ++blobs) {
        for (auto const* name : {"4.wav", "5.wav", "6.wav"}) { // what the killed one left is kept
            house.add_stem(name);
        }
        auto const child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            auto source = house.source();
            int left = blobs;
            auto const die = [&] {
                if (left-- == 0) {
                    ::kill(::getpid(), SIGKILL);
                }
            };
            auto const snapshot = source.snapshot;
            source.snapshot = [&](fs::path const& file) {
                snapshot(file);
                die();
            };
            source.copied = [&](service::KnownBlob const&) {
                die();
            };
            make_backup(source, house.backup(), {});
            ::_exit(0);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "it lived through " << blobs;
        EXPECT_TRUE(scrub_backup(house.backup(), {}).faults.empty());
        EXPECT_EQ(
            restored(house.backup(), house.folder / ("restored" + std::to_string(blobs))), before
        );
    }
    EXPECT_TRUE(house.back_up().faults.empty());
    EXPECT_EQ(restored(house.backup(), house.folder / "last"), everything_in(*house.database));
}

TEST(Backup, NamesDamagedFilesAndWhatNeedsThemAndKeepsItsOwn) {
    House house;
    auto const stem = house.add_stem("01_Drums.wav");
    house.back_up();
    auto const master = house.add_master("masters/cd/Song.wav");
    auto const lost = house.add_master("masters/cd/Lost.wav");
    flip_a_bit(house.blob_file(stem)); // the backup has it whole already
    flip_a_bit(house.blob_file(master));
    fs::remove(house.blob_file(lost));
    auto const made = house.back_up();
    ASSERT_EQ(made.faults.size(), 2U);
    EXPECT_EQ(made.manifest.damaged.size(), 2U);
    for (auto const& fault : made.faults) {
        bool const is_master = fault.digest == master;
        EXPECT_TRUE(is_master || fault.digest == lost);
        ASSERT_EQ(fault.references.size(), 1U);
        EXPECT_EQ(
            fault.references[0],
            is_master ? "masters/cd/Song.wav of render rnd_1, session ses_1"
                      : "masters/cd/Lost.wav of render rnd_1, session ses_1"
        );
    }
    EXPECT_EQ(sha256_of_file(blob_path(house.backup() / "blobs", stem)), stem);
    EXPECT_FALSE(fs::exists(blob_path(house.backup() / "blobs", master)));
    auto const report = restore_backup(house.backup(), {.data = house.folder / "restored"}, {});
    EXPECT_EQ(report.faults.size(), 2U);
    EXPECT_EQ(whole_blobs(house.folder / "restored"), 1);
}

TEST(Scrub, FindsAFlippedBitAMissingFileAndAShortOneAndNamesWhatNeedsThem) {
    House house;
    auto const stem = house.add_stem("01_Drums.wav");
    auto const master = house.add_master("masters/cd/Song.wav");
    auto const shortened = house.add_stem("03_Vocals.wav");
    house.add_stem("04_Well.wav");
    EXPECT_TRUE(service::scrub(*house.database, *house.blobs, {}).faults.empty());
    flip_a_bit(house.blob_file(stem));
    fs::remove(house.blob_file(master));
    fs::permissions(house.blob_file(shortened), fs::perms::owner_all);
    fs::resize_file(house.blob_file(shortened), 100);
    auto const report = service::scrub(*house.database, *house.blobs, {});
    EXPECT_EQ(report.blobs, 4);
    ASSERT_EQ(report.faults.size(), 3U);
    for (auto const& fault : report.faults) {
        ASSERT_EQ(fault.references.size(), 1U) << fault.digest;
        auto const words = fault.sentence + " / " + fault.references[0];
        auto const tells = [&](std::string_view what) {
            return words.find(what) != std::string::npos;
        };
        if (fault.digest == stem) {
            EXPECT_TRUE(tells("has other bytes") && tells("01_Drums.wav, stem stm_")) << words;
        } else if (fault.digest == master) {
            EXPECT_TRUE(tells("is missing") && tells("of render rnd_1")) << words;
        } else {
            EXPECT_EQ(fault.digest, shortened);
            EXPECT_TRUE(tells("has 100 bytes and should have 43000")) << words;
        }
    }
}

TEST(Scrub, StopsWhenItIsAsked) {
    House house;
    house.add_stem("01_Drums.wav");
    std::stop_source stop;
    stop.request_stop();
    EXPECT_TRUE(fails_with(Code::cancelled, "interrupted after 0 blobs", [&] {
        static_cast<void>(service::scrub(*house.database, *house.blobs, stop.get_token()));
    }));
}

TEST(Backup, IsNotTakenForWholeWhenItIsNot) {
    House house;
    auto const stem = house.add_stem("01_Drums.wav");
    auto const made = house.back_up();
    flip_a_bit(blob_path(house.backup() / "blobs", stem));
    auto const scrubbed = scrub_backup(house.backup(), {});
    ASSERT_EQ(scrubbed.faults.size(), 1U);
    EXPECT_EQ(scrubbed.faults[0].digest, stem);
    flip_a_bit(house.backup() / made.manifest.database.path);
    EXPECT_TRUE(fails_with(Code::storage_failed, "is not as it was backed up", [&] {
        static_cast<void>(scrub_backup(house.backup(), {}));
    }));
    EXPECT_TRUE(fails_with(Code::storage_failed, "is not as it was backed up", [&] {
        static_cast<void>(restore_backup(house.backup(), {.data = house.folder / "restored"}, {}));
    }));
    EXPECT_FALSE(fs::exists(house.folder / "restored/stemlathe.db"));
}

TEST(Restore, TouchesNoInstallationAndWantsABackup) {
    House house;
    house.back_up();
    EXPECT_TRUE(fails_with(Code::invalid_argument, "holds an installation", [&] {
        static_cast<void>(restore_backup(house.backup(), {.data = house.data()}, {}));
    }));
    EXPECT_TRUE(fails_with(Code::not_found, "there is no backup in", [&] {
        static_cast<void>(restore_backup(house.folder / "nothing", {.data = house.folder / "x"}, {})
        );
    }));
    write_file(house.folder / "other/backup.json", "{}");
    EXPECT_TRUE(fails_with(Code::unreadable, "is not the manifest of a backup", [&] {
        static_cast<void>(make_backup(house.source(), house.folder / "other", {}));
    }));
}

/// The second one begins where the first was stopped, and hashes what that one left.
TEST(Restore, IsSimplyStartedAgain) {
    House house;
    house.add_stem("01_Drums.wav");
    house.back_up();
    auto const target = house.folder / "restored";
    std::stop_source stop;
    stop.request_stop();
    EXPECT_TRUE(fails_with(Code::cancelled, "taken up by the next try", [&] {
        static_cast<void>(restore_backup(house.backup(), {.data = target}, stop.get_token()));
    }));
    EXPECT_FALSE(fs::exists(target / "stemlathe.db"));
    EXPECT_EQ(restored(house.backup(), target), everything_in(*house.database));
}

TEST(Restore, EndsUploadsWhoseBytesAreInNoBackup) {
    House house;
    house.database->query("INSERT INTO upload(id, tenant, state, kind, metadata, bytes, created, "
                          "expires, boot) VALUES('upl_1', 'anna', 'receiving', 'partial', '', 7, "
                          "0, 0, 'b')");
    house.database->query("UPDATE tenant SET used_bytes=10");
    house.back_up();
    static_cast<void>(restore_backup(house.backup(), {.data = house.folder / "restored"}, {}));
    auto const store = service::open_store(house.folder / "restored", "");
    auto& database = *store.database;
    EXPECT_EQ(database.query("SELECT state FROM upload").front().text("state"), "expired");
    EXPECT_EQ(database.query("SELECT used_bytes AS n FROM tenant").front().integer("n"), 3);
}

TEST(Backup, IsMadeByOneAtATime) {
    House house;
    fs::create_directories(house.backup());
    service::DatabaseLock const other{house.backup() / "backup"};
    EXPECT_TRUE(fails_with(Code::invalid_argument, "is working with", [&] {
        static_cast<void>(house.back_up());
    }));
}

TEST(Snapshot, IsReadAndNeverWrittenAndForNobodyElse) {
    House house;
    auto const file = house.folder / "snapshot.db";
    service::snapshot_sqlite(*house.database, file);
    auto const digest = sha256_of_file(file);
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    {
        auto const snapshot = service::open_snapshot(file);
        EXPECT_EQ(everything_in(*snapshot), everything_in(*house.database));
        EXPECT_ANY_THROW(snapshot->query("DELETE FROM blob"));
    }
    EXPECT_EQ(sha256_of_file(file), digest);
    for (auto const* end : {"-wal", "-shm", "-lock"}) {
        EXPECT_FALSE(fs::exists(file.string() + end)) << end;
    }
    EXPECT_ANY_THROW(service::snapshot_sqlite(*house.database, file)) << "it is there already";
}

} // namespace

} // namespace stemlathe::test
