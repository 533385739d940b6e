#pragma once

#include "service/limits/token_buckets.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stemlathe::service {

/// `[limits]`: far above what a person, a page or `stemlathe submit` does, far below what makes the
/// service slow for others.
struct RateLimitSettings {
    RateRule token{.per_s = 200.0, .burst = 2'000.0};  ///< of a token or share link
    RateRule client{.per_s = 400.0, .burst = 4'000.0}; ///< of all tokens and links of a client
    RateRule address{.per_s = 50.0, .burst = 1'000.0}; ///< of requests without a valid token
    std::size_t callers_max = 20'000;                  ///< that are told apart, of each kind
};

/// What the limits say of a request.
struct RateVerdict {
    bool is_allowed = true;
    std::string_view by{}; ///< which limit it met: "token", "client", "address"
    std::int64_t wait_s = 0;
    /// RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10), for its answer.
    std::vector<std::pair<std::string, std::string>> fields{};
};

/// Counts requests, not bytes, in this process alone. Belongs to the application thread.
class RateLimits {
  public:
    explicit RateLimits(RateLimitSettings const& settings);

    /// A request of somebody who is known. @param client  empty: the house, which has no limit
    [[nodiscard]] RateVerdict
    of_token(std::string_view token, std::string_view client, std::int64_t now_ms);

    /// A request without a token, or with one that is wrong. IPv6 addresses are one by their first
    /// 64 bits, for whoever has one has all of these.
    [[nodiscard]] RateVerdict of_address(std::string_view address, std::int64_t now_ms);

  private:
    TokenBuckets tokens_;
    TokenBuckets clients_;
    TokenBuckets addresses_;
};

/// "2001:db8:0:1" for 2001:db8:0:1::7; an IPv4 address, also one mapped into IPv6, as it is.
[[nodiscard]] std::string limited_address(std::string_view address);

} // namespace stemlathe::service
