#pragma once

#include "service/client/remote.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace stemlathe::service {

/// A file on its way into a session, as far as it must be remembered to go on after a break.
struct UploadWish {
    std::filesystem::path file{};
    std::string session{};
    std::string role{};     ///< stem, reference_mix, reference, attachment
    std::string filename{}; ///< as the session shall call it
    std::int64_t bytes = 0;
    std::string sha256{}; ///< 64 hexadecimal digits
    std::string key{};    ///< so that a repeated beginning is one
};

struct UploadCalls {
    std::function<void(std::string const& location)> begun{}; ///< to be remembered
    std::function<void(std::int64_t bytes)> sent{};           ///< of this file, so far
};

/// Sends one file by tus 1.0.0, in chunks with a checksum each; a break costs at most one chunk.
/// @param location  where an earlier call began it; empty: nowhere
/// @throws RemoteFailure; Failure{cancelled}; {unreadable} the file has become shorter
void upload_file(
    Remote& remote, UploadWish const& wish, std::string location, UploadCalls const& calls
);

} // namespace stemlathe::service
