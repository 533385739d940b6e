#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace stemlathe::service {

/// "NFS", "SMB", ... for the file systems (statfs(2), f_type) on which SQLite's locks and shared
/// memory cannot be trusted; empty for all others.
[[nodiscard]] std::string_view network_file_system(std::uint32_t type) noexcept;

/// @throws Failure{invalid_argument} the folder lies on such a file system; {storage_failed} it
/// cannot be asked
void refuse_network_file_system(std::filesystem::path const& folder);

} // namespace stemlathe::service
