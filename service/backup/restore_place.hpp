#pragma once

#include "service/backup/backup.hpp"
#include "service/blobs/blob_store.hpp"
#include "service/store/database.hpp"

#include <filesystem>
#include <memory>
#include <string>

/// Private to service/backup.
namespace stemlathe::service {

class S3BlobStore;

/// Where the files of a restored installation come to lie: a folder or a bucket, and the name by
/// which its database knows them.
class RestorePlace {
  public:
    /// @throws Failure{invalid_argument, storage_full, storage_failed}
    explicit RestorePlace(RestoreTarget const& target);
    RestorePlace(RestorePlace const&) = delete;
    RestorePlace& operator=(RestorePlace const&) = delete;
    ~RestorePlace();

    [[nodiscard]] BlobStore& store() noexcept {
        return *store_;
    }

    /// "s3://bucket/prefix", or the folder.
    [[nodiscard]] std::string words() const;

    /// Before anything is written. @throws Failure{invalid_argument} it has another name than the
    /// database knows: these are the files of another installation
    void check(Database& snapshot) const;

    /// Gives place and database one name, where several processes may share them or the place is a
    /// bucket.
    void name(Database& database);

  private:
    [[nodiscard]] std::string found_name() const;

    std::filesystem::path folder_;
    std::string url_{}; ///< of a bucket
    std::unique_ptr<BlobStore> store_;
    S3BlobStore* bucket_ = nullptr; ///< the same, where it is one
};

} // namespace stemlathe::service
