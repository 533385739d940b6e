#pragma once

#include "service/store/database.hpp"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

/// A store as one SQLite file that nobody writes to: what backups hold.
namespace stemlathe::service {

/// Copies an SQLite database, as it is between two of its transactions, into a new file that only
/// its owner may read; the database answers nobody else meanwhile. It lasts when this returns.
/// @throws Failure{storage_full, storage_failed}; nothing is left then
void snapshot_sqlite(Database& sqlite, std::filesystem::path const& file);

/// The same of a file that another connection of this process goes on writing to meanwhile: what it
/// commits after the beginning is not in the copy. Its log grows until the copy is done.
/// @throws as above; {cancelled} it was stopped
void snapshot_used_sqlite(
    std::filesystem::path const& database,
    std::filesystem::path const& file,
    std::stop_token const& stop
);

/// The same of a PostgreSQL, as it was at one moment, while services go on working on it; every
/// table is compared by its rows and their digest.
/// @throws as above, and as PostgresDatabase; {invalid_argument} its schema is not this program's
void snapshot_postgres(std::string const& url, std::filesystem::path const& file);

/// A snapshot to be read. @throws Failure{storage_failed} it is none
[[nodiscard]] std::unique_ptr<Database> open_snapshot(std::filesystem::path const& file);

/// fsync of a file and of the folder that it lies in. @throws Failure{storage_failed}
void make_lasting(std::filesystem::path const& file);

} // namespace stemlathe::service
