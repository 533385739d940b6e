#pragma once

#include "kernels/base/failure.hpp"

#include <filesystem>
#include <string_view>

struct sqlite3;

namespace stemlathe::service {

/// "cannot <action> <path>: <why>", as storage_full where room is short, else storage_failed.
[[nodiscard]] Failure
system_failure(int error, std::string_view action, std::filesystem::path const& path);

/// What a call on `connection` that returned the extended code `result` means to the user.
[[nodiscard]] Failure
sqlite_failure(sqlite3* connection, int result, std::filesystem::path const& file);

/// True where the disk may have dropped what it was asked to keep. The same data must not be synced
/// again: the kernel counts it as clean and would say yes (PostgreSQL's "fsyncgate", 2018).
[[nodiscard]] bool is_sync_failure(int result) noexcept;

} // namespace stemlathe::service
