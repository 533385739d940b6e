#pragma once

#include "service/blobs/blob_store.hpp"

namespace stemlathe::service {

/// What is kept free of the disk: the larger of both.
struct FreeSpace {
    std::int64_t percent = 10;
    std::int64_t bytes = std::int64_t{20} << 30U;
};

/// Bytes that can still be written below a folder before its disk is as full as it may be.
/// @throws Failure{storage_failed}
[[nodiscard]] std::int64_t room_below(std::filesystem::path const& folder, FreeSpace const& kept);

/// Blobs in `root`/cas/ab/cd/<digest>, the workshop in `root`/work. Local disks and NFS: no locks,
/// no appending, no mapping. Threads and processes may share one folder.
class LocalBlobStore : public BlobStore {
  public:
    /// Makes the folders where they are missing and sweeps the workshop.
    /// @throws Failure{storage_full, storage_failed}
    explicit LocalBlobStore(std::filesystem::path root, FreeSpace free = {});

    [[nodiscard]] std::filesystem::path const& workshop() const noexcept override {
        return workshop_;
    }

    [[nodiscard]] bool has(std::string const& digest, std::int64_t bytes) const override;
    /// Bytes that are read for this alone do not stay in the system's cache.
    void read(
        std::string const& digest,
        std::int64_t bytes,
        std::function<void(std::span<std::byte const>)> const& take
    ) const override;
    [[nodiscard]] Blob publish(std::filesystem::path const& file) override;
    [[nodiscard]] std::shared_ptr<int const>
    open(std::string const& digest, std::int64_t bytes) const override;
    void place(std::string const& digest, std::filesystem::path const& path) const override;
    [[nodiscard]] bool remove(std::string const& digest, std::chrono::milliseconds grace) override;
    [[nodiscard]] std::vector<std::string> older_than(std::chrono::milliseconds grace
    ) const override;
    [[nodiscard]] std::int64_t room_bytes() const override;

  private:
    [[nodiscard]] std::filesystem::path path_of(std::string const& digest) const;
    void make_shelf(std::filesystem::path const& shelf) const;
    /// @returns false: it is there already
    [[nodiscard]] bool put(std::filesystem::path const& file, Blob const& blob) const;
    [[nodiscard]] bool is_there_still(Blob const& blob) const;
    void sweep();

    std::filesystem::path cas_;
    std::filesystem::path workshop_;
    FreeSpace free_;
};

} // namespace stemlathe::service
