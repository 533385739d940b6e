#pragma once

#include "kernels/base/failure.hpp"
#include "service/blobs/blob_store.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

/// System calls of the blob store with their errors in words. Private to service/blobs.
namespace stemlathe::service {

/// "cannot <action> <path>: <why>"; not_found, storage_full or storage_failed by the errno.
[[nodiscard]] Failure
blob_failure(int error, std::string_view action, std::filesystem::path const& path);

/// A descriptor that its last owner closes.
using Descriptor = std::shared_ptr<int const>;

/// @throws Failure{not_found, storage_failed}
[[nodiscard]] Descriptor open_to_read(std::filesystem::path const& path);

/// All of an open file, in order. @throws Failure{storage_failed}; what `take` throws
void read_all(
    int descriptor,
    std::filesystem::path const& path,
    std::function<void(std::span<std::byte const>)> const& take
);

/// SHA-256, CRC-32 (ISO 3309) and size of the file's bytes, in one reading.
[[nodiscard]] Blob digest_of(int descriptor, std::filesystem::path const& path);

void sync_folder(std::filesystem::path const& folder);

/// Renames where nothing is at `to`. @returns false: something is
[[nodiscard]] bool
rename_to_free_name(std::filesystem::path const& from, std::filesystem::path const& to);

/// Sets the file's time to now.
void touch(int descriptor, std::filesystem::path const& path);

[[nodiscard]] bool
is_older(std::filesystem::file_time_type time, std::chrono::milliseconds grace) noexcept;

/// Gives all bytes of something, in order.
using ReadAll = std::function<void(std::function<void(std::span<std::byte const>)> const& take)>;

/// Writes what `read` gives into a new file that only its owner may read and nobody write. Nothing
/// is left where it fails. @returns what was written, by its digest
[[nodiscard]] Blob write_hashed(ReadAll const& read, std::filesystem::path const& to);

/// A copy of the same kind.
void copy_whole(std::filesystem::path const& from, std::filesystem::path const& to);

} // namespace stemlathe::service
