#pragma once

#include "service/store/database.hpp"
#include "service/store/sqlite/database_lock.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace stemlathe::service {

/// `<data>/stemlathe.db`
[[nodiscard]] std::filesystem::path database_file(std::filesystem::path const& data);

/// The database of an installation. Its data folder is for nobody else where that is an SQLite
/// file, and else for others of the same kind: nobody may take up SQLite there meanwhile.
struct OpenStore {
    std::unique_ptr<DatabaseLock> folder{}; ///< none beside an SQLite file, which has its own
    std::unique_ptr<Database> database{};
};

/// Opens an installation and brings its database to the shape that this program knows.
/// @param url  of a PostgreSQL; empty: the SQLite file in the data folder
/// @throws Failure{invalid_argument} somebody else holds the folder; the url is wrong; there is an
/// SQLite file that was not moved, or it was and there is no url; a newer stemlathe has been here;
/// {storage_full, storage_failed} it cannot be opened
[[nodiscard]] OpenStore open_store(std::filesystem::path const& data, std::string const& url);

/// For workers, which leave the database's shape to services: it may have fewer files than this
/// program knows, and more that only add (`schema_of`).
/// @throws Failure  as open_store
[[nodiscard]] OpenStore
open_store_as_it_is(std::filesystem::path const& data, std::string const& url);

/// For commands that look at an installation and leave its shape as it is. A PostgreSQL may be
/// looked at while services work on it; an SQLite installation only while none does.
/// @throws Failure{not_found} there is none; {invalid_argument} a service works on it, it was
/// moved, or its schema is not this program's; {storage_failed}
[[nodiscard]] std::unique_ptr<Database>
open_existing(std::filesystem::path const& data, std::string const& url);

/// Where an SQLite installation was moved to; empty where it was not.
[[nodiscard]] std::string moved_to(Database& sqlite);

/// Says in an SQLite file that it is no longer the truth. Within the caller's transaction.
void mark_as_moved(Database& sqlite, std::string const& place);

} // namespace stemlathe::service
