#pragma once

#include "service/client/remote.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace stemlathe::service {

struct DownloadWish {
    std::string path{};           ///< "/v1/renders/.../files/..."
    std::string accept = "*/*";   ///< which form of it
    std::filesystem::path file{}; ///< where it shall lie; its folder exists
    std::int64_t bytes = 0;
    std::string sha256{}; ///< 64 hexadecimal digits
};

/// Fetches one file, goes on where a connection broke, checks size and SHA-256, and puts it in its
/// place only then.
/// @param got  told how many bytes of it are there
/// @throws RemoteFailure; Failure{cancelled, storage_full, storage_failed}
void download_file(
    Remote& remote, DownloadWish const& wish, std::function<void(std::int64_t bytes)> const& got
);

} // namespace stemlathe::service
