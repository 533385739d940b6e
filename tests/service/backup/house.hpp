#pragma once

#include "service/backup/backup.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "service/store/database.hpp"
#include "tests/support/temp_folder.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace stemlathe::test {

/// An installation's folder with a database and blobs that its rows refer to.
class House {
  public:
    /// @param database  none: an SQLite file in the folder
    explicit House(std::unique_ptr<service::Database> database = nullptr);

    /// A stem with bytes of its own. @returns its digest
    std::string add_stem(std::string const& filename);
    /// A master of a render. @returns its digest
    std::string add_master(std::string const& name);
    /// A blob that nothing refers to.
    std::string add_garbage();
    void forget_stem(std::string const& digest);

    [[nodiscard]] service::BackupSource source();
    service::BackupReport back_up();

    [[nodiscard]] std::filesystem::path data() const {
        return folder / "data";
    }

    [[nodiscard]] std::filesystem::path backup() const {
        return folder / "backup";
    }

    [[nodiscard]] std::filesystem::path blob_file(std::string const& digest) const;

    TempFolder folder{};
    std::unique_ptr<service::Database> database;
    std::unique_ptr<service::LocalBlobStore> blobs;

  private:
    service::Blob publish();
};

/// Where a blob lies below a store's folder.
[[nodiscard]] std::filesystem::path
blob_path(std::filesystem::path const& store, std::string const& digest);

/// Turns one bit of the file's middle byte.
void flip_a_bit(std::filesystem::path const& file);

/// The rows of all tables of an installation with SQLite, as one digest a table.
[[nodiscard]] std::string everything_in(service::Database& database);

} // namespace stemlathe::test
