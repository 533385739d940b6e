#pragma once

#include "service/blobs/local_blob_store.hpp"
#include "service/blobs/s3/blob_cache.hpp"
#include "service/blobs/s3/one_at_a_time.hpp"
#include "service/blobs/s3/s3_blobs.hpp"

namespace stemlathe::service {

/// Blobs in a bucket, as <prefix>cas/ab/cd/<digest>; workshop and a bounded cache on this machine's
/// disk, below `root`. The bucket must read what was written, at once
/// and everywhere, as Amazon's does. From any thread.
class S3BlobStore : public BlobStore {
  public:
    /// Asks the bucket for nothing yet.
    /// @throws Failure{invalid_argument, storage_full, storage_failed}
    S3BlobStore(std::filesystem::path const& root, S3Settings settings, FreeSpace free = {});

    [[nodiscard]] std::filesystem::path const& workshop() const noexcept override {
        return disk_.workshop();
    }

    /// Where the bucket does not take the file, it stays at its old place.
    [[nodiscard]] Blob publish(std::filesystem::path const& file) override;
    [[nodiscard]] std::shared_ptr<int const>
    open(std::string const& digest, std::int64_t bytes) const override;

    [[nodiscard]] std::shared_ptr<int const>
    open_at_hand(std::string const& digest, std::int64_t bytes) const override {
        return cache_.open(digest, bytes);
    }

    [[nodiscard]] std::shared_ptr<int const>
    open_soon(std::string const& digest, std::int64_t bytes) const override;

    void place(std::string const& digest, std::filesystem::path const& path) const override;
    [[nodiscard]] bool remove(std::string const& digest, std::chrono::milliseconds grace) override;

    [[nodiscard]] bool has(std::string const& digest, std::int64_t bytes) const override {
        return blobs_.has(digest, bytes);
    }

    /// From the bucket, whatever lies in the cache.
    void read(
        std::string const& digest,
        std::int64_t bytes,
        std::function<void(std::span<std::byte const>)> const& take
    ) const override {
        blobs_.read(digest, bytes, take);
    }

    [[nodiscard]] std::vector<std::string> older_than(std::chrono::milliseconds grace
    ) const override {
        return blobs_.older_than(grace);
    }

    /// Of this machine's disk, where everything passes; a bucket has no end.
    [[nodiscard]] std::int64_t room_bytes() const override {
        return disk_.room_bytes();
    }

    /// The name in the bucket's object "installation"; empty where there is none.
    [[nodiscard]] std::string installation() const {
        return blobs_.installation();
    }

    /// Gives the bucket a name unless it has one. @returns the one that it has now
    [[nodiscard]] std::string name_installation(std::string const& name);

  private:
    void put(int descriptor, Blob const& blob);
    [[nodiscard]] bool is_being_removed(std::string const& digest);
    /// Each blob by one at a time: the others find it in the cache.
    [[nodiscard]] std::shared_ptr<int const>
    opened(std::string const& digest, std::int64_t bytes, Haste haste) const;
    [[nodiscard]] std::shared_ptr<int const>
    fetched(std::string const& digest, std::int64_t bytes, Haste haste) const;

    LocalBlobStore disk_; ///< its workshop; it holds no blobs
    mutable BlobCache cache_;
    S3Blobs blobs_;
    S3Bucket& bucket_;
    mutable OneAtATime fetching_;
};

} // namespace stemlathe::service
