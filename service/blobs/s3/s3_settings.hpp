#pragma once

#include "service/blobs/s3/sigv4.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace stemlathe::service {

/// A bucket and how it is reached: `[blobs]` with a url.
struct S3Settings {
    std::string bucket{};
    std::string prefix{};   ///< of every key; empty or ends with '/'
    std::string endpoint{}; ///< "https://host:port"; empty: Amazon's
    std::string region = "us-east-1";
    std::filesystem::path credentials{}; ///< a file, "instance-role"; empty: the environment
    std::int64_t cache_bytes = std::int64_t{50} << 30U; ///< of copies on this machine's disk
    std::int64_t part_bytes = std::int64_t{64} << 20U;  ///< larger files go up in such parts
    int page_keys = 1000;                               ///< of a list; Amazon's most
    std::chrono::milliseconds pause{200};      ///< before a request is repeated; then twice as long
    std::chrono::milliseconds give_up{60'000}; ///< so long it is repeated,
    std::chrono::milliseconds give_up_soon{10'000}; ///< or so long where somebody waits
};

/// Bucket and prefix of "s3://bucket/prefix". @throws Failure{invalid_argument}
[[nodiscard]] S3Settings s3_place(std::string_view url, std::string_view source);

/// From `file`, with the keys of Amazon's credentials files (aws_access_key_id,
/// aws_secret_access_key, aws_session_token; the first section counts), else AWS_ACCESS_KEY_ID and
/// so on in the environment.
/// @throws Failure{invalid_argument} that says what is missing, and never what was found
[[nodiscard]] S3Credentials s3_credentials(std::filesystem::path const& file);

} // namespace stemlathe::service
