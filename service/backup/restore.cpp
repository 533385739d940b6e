#include "kernels/base/failure.hpp"
#include "service/audit/log_table.hpp"
#include "service/backup/backup.hpp"
#include "service/backup/folder.hpp"
#include "service/backup/restore_place.hpp"
#include "service/blobs/copy_blob.hpp"
#include "service/store/migrate.hpp"
#include "service/store/open_store.hpp"
#include "service/store/snapshot.hpp"
#include "service/store/sqlite/sqlite_database.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

namespace fs = std::filesystem;

void refuse_installation(fs::path const& data) {
    if (fs::exists(database_file(data))) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} holds an installation; restore into another folder, or move this one away",
                data.string()
            )}
            .about_file(data.string());
    }
}

/// Only names that lie directly in the data folder: a manifest is a file that somebody may have
/// written.
void restore_files(fs::path const& from, fs::path const& data, BackupManifest const& manifest) {
    for (auto const& file : manifest.files) {
        auto const name = fs::path{file.path}.filename();
        check_file(from, file);
        fs::copy_file(from / file.path, data / name, fs::copy_options::overwrite_existing);
        make_lasting(data / name);
    }
}

void restore_blob(
    BlobSource const& from, RestorePlace& place, BackupManifest const& manifest, KnownBlob const& it
) {
    if (manifest.blobs_place.empty()) {
        copy_blob(from, place.store(), it.digest, it.bytes);
    } else if (!place.store().has(it.digest, it.bytes)) {
        throw Failure{Code::not_found, fmt::format("is not whole in {}", place.words())};
    }
}

std::vector<BlobFault> restore_blobs(
    fs::path const& from,
    RestorePlace& place,
    BackupManifest const& manifest,
    std::stop_token const& stop
) {
    std::vector<BlobFault> faults;
    LocalBlobStore const source{from / "blobs", kNothingKept};
    auto const snapshot = open_snapshot(fs::absolute(from / manifest.database.path));
    static_cast<void>(snapshot_schema(*snapshot));
    place.check(*snapshot);
    each_known_blob(*snapshot, [&](KnownBlob const& blob) {
        stop_if_asked(stop, "what was copied is taken up by the next try");
        try {
            restore_blob(source, place, manifest, blob);
        } catch (StoreUnavailable const&) {
            throw;
        } catch (Failure const& failure) {
            bool const is_its_own =
                failure.code() == Code::not_found || failure.code() == Code::storage_failed;
            if (!is_its_own) {
                throw;
            }
            if (blob.is_referenced) {
                faults.push_back(
                    {.digest = blob.digest,
                     .bytes = blob.bytes,
                     .sentence = failure.what(),
                     .references = references_of(*snapshot, blob.digest)}
                );
            }
        }
    });
    return faults;
}

/// Bytes of unfinished uploads are in no backup: they end as those that are past their time do.
void end_uploads(Database& database) {
    constexpr std::string_view kUnfinished =
        "(state='receiving' OR (state='complete' AND kind='partial'))";
    database.query(fmt::format(
        "UPDATE tenant SET used_bytes=used_bytes-coalesce("
        "(SELECT sum(bytes) FROM upload u WHERE u.tenant=tenant.id AND {}), 0)",
        kUnfinished
    ));
    database.query(fmt::format("UPDATE upload SET state='expired' WHERE {}", kUnfinished));
    database.query("DELETE FROM installation WHERE name='uploads'"); // their shared folder
}

/// The database as a service will find it, under another name until it is whole.
void restore_database(
    fs::path const& from, fs::path const& data, BackupManifest const& manifest, RestorePlace& place
) {
    auto const home = fs::absolute(database_file(data));
    auto const draft = fs::path{home.string() + "-restoring"};
    fs::copy_file(from / manifest.database.path, draft, fs::copy_options::overwrite_existing);
    fs::permissions(draft, fs::perms::owner_read | fs::perms::owner_write);
    {
        SqliteDatabase database{{.file = draft}};
        migrate(database);
        Transaction change{database};
        end_uploads(database);
        append_audit(
            database,
            {.actor = "service",
             .role = "service",
             .action = "backup.restored",
             .subject = fs::path{manifest.database.path}.stem().string(),
             .detail = "{}"}
        );
        change.commit();
        place.name(database);
    }
    fs::remove(draft.string() + "-lock");
    make_lasting(draft);
    fs::rename(draft, home);
    make_lasting(home);
}

} // namespace

RestoreReport
restore_backup(fs::path const& from, RestoreTarget const& target, std::stop_token const& stop) {
    RestoreReport report{.manifest = existing_manifest(from)};
    auto const& manifest = report.manifest;
    refuse_installation(target.data);
    if (!manifest.blobs_place.empty() && !target.s3) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "this backup was made without its files: they are in {}. Name that bucket, or a "
                "replica of it, as [blobs] url in a stemlathe.toml and that with --config",
                manifest.blobs_place
            )}
            .about_file(from.string());
    }
    make_private_folder(target.data);
    check_file(from, manifest.database);
    RestorePlace place{target};
    report.faults = restore_blobs(from, place, manifest, stop);
    restore_files(from, target.data, manifest);
    restore_database(from, target.data, manifest, place);
    return report;
}

ScrubReport scrub_backup(fs::path const& folder, std::stop_token const& stop) {
    auto const manifest = existing_manifest(folder);
    check_file(folder, manifest.database);
    for (auto const& file : manifest.files) {
        check_file(folder, file);
    }
    LocalBlobStore const blobs{folder / "blobs", kNothingKept};
    auto const snapshot = open_snapshot(fs::absolute(folder / manifest.database.path));
    static_cast<void>(snapshot_schema(*snapshot));
    return manifest.blobs_place.empty() ? scrub(*snapshot, blobs, stop) : ScrubReport{};
}

} // namespace stemlathe::service
