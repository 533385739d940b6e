#pragma once

#include "service/agent/agent_settings.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "service/blobs/s3/s3_settings.hpp"
#include "service/http/server.hpp"
#include "service/limits/rate_limits.hpp"
#include "service/tls/certificate.hpp"
#include "service/webhooks/webhook_settings.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stemlathe::service {

/// `[watch]`: a folder whose session folders are mastered as they are dropped.
struct WatchFolder {
    std::filesystem::path folder{}; ///< empty: none
    std::string preset{};
};

/// What `stemlathe serve` and `stemlathe worker` are told. The values here are the defaults.
struct ServerSettings {
    std::filesystem::path data{"var"};
    std::string store_url{};         ///< of a PostgreSQL; empty: SQLite in the data folder
    std::filesystem::path blobs{};   ///< `[blobs] dir`; empty: "blobs" in `data`
    std::optional<S3Settings> s3{};  ///< `[blobs] url`; then the folder holds copies alone
    std::filesystem::path uploads{}; ///< `[uploads] dir`; with a bucket alone
    bool has_worker = true;          ///< false: renders are left to `stemlathe worker`
    HttpSettings http{};
    TlsFiles tls{}; ///< `[tls]`; none: not encrypted
    AgentSettings agent{};
    FreeSpace keep_free{};
    std::chrono::hours bin{
        30 * 24}; ///< `[data] bin_days`: deleted sessions can be had back so long
    std::int64_t house_quota_bytes = std::int64_t{1} << 50U; ///< of the house's own sessions
    std::filesystem::path profiles{}; ///< `[profiles] file`; empty: profiles.toml in `data`, if any
    WatchFolder watch{};
    WebhookSettings webhooks{};
    RateLimitSettings rates{};
    std::string admin_token{}; ///< STEMLATHE_ADMIN_TOKEN; empty: a link makes the first one
};

/// Reads stemlathe.toml into `settings`.
/// @throws Failure{not_found}, {invalid_argument} that names key, value, range and nearest word
void read_config(std::filesystem::path const& file, ServerSettings& settings);

/// "127.0.0.1:8080", "[::1]:0". @throws Failure{invalid_argument}
void set_listen(std::string_view address_and_port, std::string_view source, HttpSettings& http);

} // namespace stemlathe::service
