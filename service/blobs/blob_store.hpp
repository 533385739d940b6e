#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

/// Files named by their content: the same bytes are kept once, and a file never changes.
namespace stemlathe::service {

struct Blob {
    std::string digest{}; ///< SHA-256, 64 lower-case hexadecimal digits
    std::int64_t bytes = 0;
    std::uint32_t crc32 = 0; ///< as ZIP wants it (ISO 3309)
};

class BlobStore {
  public:
    BlobStore() = default;
    BlobStore(BlobStore const&) = delete;
    BlobStore& operator=(BlobStore const&) = delete;
    virtual ~BlobStore() = default;

    /// A folder on the store's own file system for what is not finished; what lies there for longer
    /// than a day is swept away at start.
    [[nodiscard]] virtual std::filesystem::path const& workshop() const noexcept = 0;

    /// Makes a finished file of the workshop a blob: hash, fsync, rename, fsync of the folder. The
    /// file is gone from its old place. Only then may the database speak of it.
    /// @throws Failure{storage_full, storage_failed}
    [[nodiscard]] virtual Blob publish(std::filesystem::path const& file) = 0;

    /// @throws Failure{not_found} there is no such blob; {storage_failed} its size is wrong
    [[nodiscard]] virtual std::shared_ptr<int const> open(std::string const& digest) const = 0;

    /// Puts the blob, read-only, at `path` for a job (a link where it can be one).
    virtual void place(std::string const& digest, std::filesystem::path const& path) const = 0;

    virtual void remove(std::string const& digest) = 0;

    /// Bytes that can still be written before the store keeps the rest free.
    [[nodiscard]] virtual std::int64_t room_bytes() const = 0;
};

} // namespace stemlathe::service
