#pragma once

#include "service/webhooks/target_address.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace stemlathe::service {

/// `[webhooks]`. The values here are the defaults.
struct WebhookSettings {
    using Ms = std::chrono::milliseconds;

    TargetRules targets{};
    std::filesystem::path key_file{}; ///< empty: webhooks.key in the data folder
    /// What is waited for before each further attempt, as Standard Webhooks recommends it; after
    /// the last a delivery is given up.
    std::vector<Ms> retries{
        std::chrono::seconds{5},
        std::chrono::minutes{5},
        std::chrono::minutes{30},
        std::chrono::hours{2},
        std::chrono::hours{5},
        std::chrono::hours{10},
        std::chrono::hours{10}};
    Ms timeout{std::chrono::seconds{10}};         ///< of one attempt, all in all
    std::int64_t queue_max = 1000;                ///< deliveries of one webhook that wait at a time
    std::int64_t per_webhook_max = 4;             ///< attempts at a time
    std::int64_t at_once_max = 64;                ///< attempts of one process at a time
    std::int64_t per_client_max = 20;             ///< webhooks
    Ms disable_after{std::chrono::hours{5 * 24}}; ///< of giving up, without one that arrived
    Ms rotation{std::chrono::hours{24}};          ///< so long the old secret signs, too
    Ms keep{std::chrono::hours{30 * 24}};         ///< deliveries that are done

    /// So long an attempt belongs to who makes it: longer than it can take.
    [[nodiscard]] Ms lease() const noexcept {
        return timeout + std::chrono::seconds{5};
    }
};

} // namespace stemlathe::service
