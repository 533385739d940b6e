#pragma once

#include "kernels/base/failure.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

/// Private to formats/.
namespace stemlathe::formats {

/// The Failure for a system call that ended with `error` (an errno) while it tried to `action` a
/// file: not_found, storage_full (no space, quota or size limit) or storage_failed.
[[nodiscard]] Failure
storage_failure(int error, std::filesystem::path const& path, std::string_view action);

/// An open regular file. Reads and writes name their place, so there is no hidden position.
class File {
  public:
    /// @throws Failure{not_found} it does not exist; {unreadable} it is a folder or a device
    [[nodiscard]] static File open(std::filesystem::path const& path);
    /// Opens an existing file for reading and writing.
    [[nodiscard]] static File open_for_change(std::filesystem::path const& path);
    /// Takes over a descriptor of a regular file; `path` is how messages call it.
    [[nodiscard]] static File of_descriptor(int descriptor, std::filesystem::path path) noexcept;
    /// Makes the file, or empties it where it exists.
    [[nodiscard]] static File create(std::filesystem::path const& path);

    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    ~File();

    [[nodiscard]] std::filesystem::path const& path() const noexcept {
        return path_;
    }

    [[nodiscard]] int descriptor() const noexcept {
        return descriptor_;
    }

    [[nodiscard]] std::int64_t size() const;

    /// @returns the number of bytes read, smaller than asked only at the end of the file
    [[nodiscard]] std::size_t read_at(std::span<std::byte> into, std::int64_t offset) const;
    void write_at(std::span<std::byte const> bytes, std::int64_t offset);

    /// As write_at, for callers inside a C library: @returns 0 or the errno.
    [[nodiscard]] int try_write_at(std::span<std::byte const> bytes, std::int64_t offset) noexcept;

    /// Drops everything from `bytes` on.
    void cut(std::int64_t bytes);

    /// Waits until the bytes are on the disk.
    void sync();
    /// Has the system begin to write them there, and waits for nothing.
    void start_sync() noexcept;
    /// Reports what the destructor could not.
    void close();

  private:
    File(int descriptor, std::filesystem::path path) noexcept;
    [[nodiscard]] static File open_existing(std::filesystem::path const& path, int flags);

    int descriptor_ = -1;
    std::filesystem::path path_;
};

/// Makes a rename in this folder last through a power cut.
void sync_folder(std::filesystem::path const& folder);

} // namespace stemlathe::formats
