#pragma once

#include "service/blobs/blob_source.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

/// Files named by their content: the same bytes are kept once, and a file never changes.
namespace stemlathe::service {

struct Blob {
    std::string digest{}; ///< SHA-256, 64 lower-case hexadecimal digits
    std::int64_t bytes = 0;
    std::uint32_t crc32 = 0; ///< as ZIP wants it (ISO 3309)
};

class BlobStore : public BlobSource {
  public:
    /// A folder on the store's own file system for what is not finished; what lies there for longer
    /// than a day is swept away at start.
    [[nodiscard]] virtual std::filesystem::path const& workshop() const noexcept = 0;

    /// Makes a finished file on the store's file system a blob: hash, fsync, rename, fsync of the
    /// folder. The file is gone from its old place. Only then may the database speak of it, and it
    /// must within a day (note_blob): a blob without a row is garbage.
    /// @throws Failure{storage_full, storage_failed}; after a failed fsync the file is gone, for
    /// the kernel may have dropped its bytes: make it anew. A file that is still there is whole:
    /// try again
    [[nodiscard]] virtual Blob publish(std::filesystem::path const& file) = 0;

    /// A read-only descriptor, closed by its deleter; it stays readable when the blob is removed.
    /// @throws Failure{not_found} there is no such blob; {storage_failed} its size is another
    [[nodiscard]] virtual std::shared_ptr<int const>
    open(std::string const& digest, std::int64_t bytes) const = 0;

    /// The same where it need not be fetched from elsewhere; null where it must.
    [[nodiscard]] virtual std::shared_ptr<int const>
    open_at_hand(std::string const& digest, std::int64_t bytes) const {
        return open(digest, bytes);
    }

    /// The same for somebody who waits for it: where the store is on another machine that does not
    /// answer, it throws {storage_failed} within seconds.
    [[nodiscard]] virtual std::shared_ptr<int const>
    open_soon(std::string const& digest, std::int64_t bytes) const {
        return open(digest, bytes);
    }

    /// Puts the blob, read-only, at `path` for a job (a link where it can be one).
    /// @throws Failure{not_found, storage_full, storage_failed}
    virtual void place(std::string const& digest, std::filesystem::path const& path) const = 0;

    /// Removes the blob unless somebody published it within the last `grace`; that is decided so
    /// that a `publish` at the same moment, here or on another machine, does not lose it.
    /// @returns false: it stays
    [[nodiscard]] virtual bool
    remove(std::string const& digest, std::chrono::milliseconds grace) = 0;

    /// Bytes that can still be written before the store keeps the rest free.
    [[nodiscard]] virtual std::int64_t room_bytes() const = 0;
};

} // namespace stemlathe::service
