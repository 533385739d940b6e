#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stemlathe::service {

/// A file of a backup beside its blobs.
struct BackupFile {
    std::string path{}; ///< below the backup's folder
    std::int64_t bytes = 0;
    std::string sha256{};
};

/// What backup.json says. It is written last, so it never speaks of what is not there.
struct BackupManifest {
    std::int64_t made_ms = 0; ///< when the database was copied
    std::string version{};    ///< of the stemlathe that made it
    std::string store{};      ///< "SQLite" or "PostgreSQL"
    std::int64_t schema = 0;
    BackupFile database{};
    std::vector<BackupFile> files{}; ///< of the data folder: profiles.toml, keys
    std::int64_t blobs = 0;
    std::int64_t blob_bytes = 0;
    std::string blobs_place{}; ///< "s3://...": they stayed there; empty: they are in the backup
    std::vector<std::string> damaged{}; ///< digests that the backup could not get
    std::string audit_head{};
};

/// `<folder>/backup.json`
[[nodiscard]] std::filesystem::path manifest_file(std::filesystem::path const& folder);

/// Replaces the manifest as a whole; it lasts when this returns. @throws Failure{storage_full,
/// storage_failed}
void write_manifest(std::filesystem::path const& folder, BackupManifest const& manifest);

/// Nothing where the folder holds no backup. @throws Failure{unreadable} it is no such manifest
[[nodiscard]] std::optional<BackupManifest> read_manifest(std::filesystem::path const& folder);

} // namespace stemlathe::service
