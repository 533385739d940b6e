#include "service/backup/backup.hpp"

#include "kernels/base/failure.hpp"
#include "service/audit/log_table.hpp"
#include "service/backup/folder.hpp"
#include "service/blobs/copy_blob.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "service/store/ids.hpp"
#include "service/store/migrate.hpp"
#include "service/store/snapshot.hpp"
#include "service/store/sqlite/database_lock.hpp"
#include "service/store/sqlite/sqlite_database.hpp"

#include <fmt/format.h>

#include <chrono>
#include <set>

namespace stemlathe::service {

namespace {

namespace fs = std::filesystem;

/// Of the data folder what is no database, no lock and no folder of its own.
bool is_worth_keeping(fs::directory_entry const& entry) {
    auto const name = entry.path().filename().string();
    return entry.is_regular_file() && !entry.is_symlink() && !name.starts_with("stemlathe.db") &&
           !name.ends_with("-lock");
}

std::vector<BackupFile>
copy_files(fs::path const& data, fs::path const& to, std::string const& id) {
    std::vector<BackupFile> files;
    for (auto const& entry : fs::directory_iterator{data}) {
        if (is_worth_keeping(entry)) {
            auto const path = fs::path{"files"} / id / entry.path().filename();
            make_private_folder((to / path).parent_path());
            fs::copy_file(entry.path(), to / path);
            make_lasting(to / path);
            files.push_back(described(to, path));
        }
    }
    return files;
}

/// Copies what is not there yet, and says what could not be had.
class BlobCopy {
  public:
    BlobCopy(
        BackupSource const& source, BlobSource const& from, LocalBlobStore& to, BackupReport& report
    )
        : source_{source}, from_{from}, to_{to}, report_{report} {}

    void take(Database& snapshot, KnownBlob const& blob) {
        try {
            if (source_.blobs_stay_at.empty()) {
                needed_.insert(blob.digest);
                copy(blob);
            } else {
                look_for(blob);
            }
            ++report_.manifest.blobs;
            report_.manifest.blob_bytes += blob.bytes;
        } catch (StoreUnavailable const&) {
            throw; // not of this blob: the backup before is better than one without most of them
        } catch (Failure const& failure) {
            bool const is_its_own =
                failure.code() == Code::not_found || failure.code() == Code::storage_failed;
            if (!is_its_own || !blob.is_referenced) {
                // Garbage may be collected while this runs.
                if (failure.code() == Code::not_found) {
                    return;
                }
                throw;
            }
            report_.manifest.damaged.push_back(blob.digest);
            report_.faults.push_back(
                {.digest = blob.digest,
                 .bytes = blob.bytes,
                 .sentence = failure.what(),
                 .references = references_of(snapshot, blob.digest)}
            );
        }
    }

    [[nodiscard]] std::set<std::string> const& needed() const noexcept {
        return needed_;
    }

  private:
    void copy(KnownBlob const& blob) {
        if (!copy_blob(from_, to_, blob.digest, blob.bytes)) {
            return;
        }
        ++report_.copied;
        report_.copied_bytes += blob.bytes;
        if (source_.copied) {
            source_.copied(blob);
        }
    }

    void look_for(KnownBlob const& blob) const {
        if (!from_.has(blob.digest, blob.bytes)) {
            throw Failure{
                Code::not_found, fmt::format("is not whole in {}", source_.blobs_stay_at)};
        }
    }

    BackupSource const& source_;
    BlobSource const& from_;
    LocalBlobStore& to_;
    BackupReport& report_;
    std::set<std::string> needed_{};
};

/// What the backup before had and this one does not. A crash within leaves something to remove for
/// the next.
void remove_old(
    fs::path const& to,
    LocalBlobStore& blobs,
    std::set<std::string> const& needed,
    std::string const& id
) {
    for (auto const* const folder : {"database", "files"}) {
        if (!fs::exists(to / folder)) {
            continue;
        }
        for (auto const& entry : fs::directory_iterator{to / folder}) {
            if (entry.path().filename() != id && entry.path().filename() != id + ".db") {
                fs::remove_all(entry.path());
            }
        }
    }
    for (auto const& digest : blobs.older_than(std::chrono::milliseconds{0})) {
        if (!needed.contains(digest)) {
            static_cast<void>(blobs.remove(digest, std::chrono::milliseconds{0}));
        }
    }
}

} // namespace

BackupReport
make_backup(BackupSource const& source, fs::path const& to, std::stop_token const& stop) {
    make_private_folder(to);
    static_cast<void>(read_manifest(to)); // no folder of something else
    DatabaseLock const one_at_a_time{to / "backup"};
    make_private_folder(to / "database");
    auto const id = make_id("bak");
    BackupReport report;
    auto& manifest = report.manifest;
    manifest.version = source.version;
    manifest.store = source.store;
    auto const database = fs::path{"database"} / (id + ".db");
    manifest.made_ms = wall_clock_ms();
    source.snapshot(fs::absolute(to / database));
    manifest.database = described(to, database);
    manifest.blobs_place = source.blobs_stay_at;
    LocalBlobStore blobs{to / "blobs", kNothingKept};
    std::set<std::string> needed;
    {
        auto const snapshot = open_snapshot(fs::absolute(to / database));
        auto const from = source.blobs(*snapshot);
        BlobCopy copy{source, *from, blobs, report};
        manifest.schema = snapshot_schema(*snapshot);
        manifest.audit_head = text_of(audit_head(*snapshot));
        each_known_blob(*snapshot, [&](KnownBlob const& blob) {
            stop_if_asked(stop, "the backup before is as it was");
            copy.take(*snapshot, blob);
        });
        needed = copy.needed();
    }
    manifest.files = copy_files(source.data, to, id);
    write_manifest(to, manifest);
    remove_old(to, blobs, needed, id);
    return report;
}

} // namespace stemlathe::service
