#pragma once

#include "service/backup/manifest.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "service/store/database.hpp"

#include <filesystem>
#include <stop_token>
#include <string_view>

/// Private to service/backup.
namespace stemlathe::service {

/// A backup may fill its disk.
inline constexpr FreeSpace kNothingKept{.percent = 0, .bytes = 0};

/// For nobody else to read. @throws Failure{storage_failed}
void make_private_folder(std::filesystem::path const& folder);

/// A file below `folder` as it is now.
[[nodiscard]] BackupFile
described(std::filesystem::path const& folder, std::filesystem::path const& path);

/// The schema of a snapshot. @throws Failure{invalid_argument} a newer stemlathe made it
[[nodiscard]] std::int64_t snapshot_schema(Database& snapshot);

/// @throws Failure{cancelled}
void stop_if_asked(std::stop_token const& stop, std::string_view what_stays);

/// The manifest of a backup that must be there. @throws Failure{not_found}
[[nodiscard]] BackupManifest existing_manifest(std::filesystem::path const& folder);

/// @throws Failure{storage_failed} the file is not as the manifest says
void check_file(std::filesystem::path const& folder, BackupFile const& file);

} // namespace stemlathe::service
