#pragma once

#include "service/backup/manifest.hpp"
#include "service/blobs/s3/s3_settings.hpp"
#include "service/blobs/scrub.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// A folder that holds one backup: backup.json, database/<id>.db, files/<id>/, blobs/cas/...
namespace stemlathe::service {

/// What is backed up. Blobs never change, so they are copied while the service works.
struct BackupSource {
    std::filesystem::path data{};
    /// Where blobs are kept, for a database that is known.
    std::function<std::unique_ptr<BlobSource const>(Database& snapshot)> blobs{};
    std::string blobs_stay_at{}; ///< "s3://...": they are looked for there, and not copied
    std::string store{};         ///< "SQLite" or "PostgreSQL"
    std::string version{};
    /// Puts the database, as it is at one moment, into a new file: see store/snapshot.hpp.
    std::function<void(std::filesystem::path const&)> snapshot{};
    std::function<void(KnownBlob const&)> copied{}; ///< told after each blob that was copied
};

struct BackupReport {
    BackupManifest manifest{};
    std::int64_t copied = 0; ///< blobs that were not there yet
    std::int64_t copied_bytes = 0;
    std::vector<BlobFault> faults{}; ///< referenced blobs that could not be had
};

/// Makes or renews the backup in `to`. Until its manifest is written, last, the backup before is
/// whole; after that, what only that one needed is removed.
/// @throws Failure{storage_full, storage_failed, invalid_argument, cancelled}
BackupReport make_backup(
    BackupSource const& source, std::filesystem::path const& to, std::stop_token const& stop
);

/// Where an installation is to be.
struct RestoreTarget {
    std::filesystem::path data{};
    std::filesystem::path blobs{}; ///< where cas/ comes to lie; empty: "blobs" in `data`
    std::optional<S3Settings> s3 = std::nullopt; ///< a bucket instead; then the folder is its cache
};

struct RestoreReport {
    BackupManifest manifest{};
    std::vector<BlobFault> faults{}; ///< referenced blobs that the backup does not have whole
};

/// Makes an installation with SQLite of a backup, in a folder that holds none. Each file is hashed
/// as it is copied, wherever it lay before; the database is put there last. A bucket may hold the
/// files of this installation already: what is there with its size stays. Of a backup without its
/// files, they must be in the bucket. Uploads that were on their way end as expired: their clients
/// begin anew.
/// @throws Failure{not_found} there is no backup; {invalid_argument} `data` holds an installation,
/// the bucket or folder holds the files of another, files are in a bucket that was not named;
/// {storage_failed} the database or a file is not as it was backed up; {storage_full, cancelled}
RestoreReport restore_backup(
    std::filesystem::path const& from, RestoreTarget const& target, std::stop_token const& stop
);

/// Reads a whole backup and hashes all of it. Of one without its files that is the rest: it reports
/// none. @throws as above
ScrubReport scrub_backup(std::filesystem::path const& folder, std::stop_token const& stop);

} // namespace stemlathe::service
