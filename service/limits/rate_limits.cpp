#include "service/limits/rate_limits.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace stemlathe::service {

namespace {

/// The policy's window is the time in which its whole burst comes back.
void tell(
    RateVerdict& verdict, std::string_view name, RateRule const& rule, RateAnswer const& answer
) {
    verdict.fields = {
        {"RateLimit-Policy",
         fmt::format(
             "\"{}\";q={:.0f};w={:.0f}",
             name,
             rule.burst,
             std::max(std::ceil(rule.burst / rule.per_s), 1.0)
         )},
        {"RateLimit", fmt::format("\"{}\";r={};t={}", name, answer.left, answer.full_s)}};
    verdict.is_allowed = answer.is_allowed;
    verdict.by = name;
    verdict.wait_s = answer.wait_s;
}

} // namespace

RateLimits::RateLimits(RateLimitSettings const& settings)
    : tokens_{settings.token, settings.callers_max},
      clients_{settings.client, settings.callers_max},
      addresses_{settings.address, settings.callers_max} {}

RateVerdict
RateLimits::of_token(std::string_view token, std::string_view client, std::int64_t now_ms) {
    RateVerdict verdict;
    if (!tokens_.rule().is_off()) {
        tell(verdict, "token", tokens_.rule(), tokens_.take(token, now_ms));
    }
    // What its token may not do is no burden to the client's other tokens.
    if (verdict.is_allowed && !client.empty() && !clients_.rule().is_off()) {
        auto const answer = clients_.take(client, now_ms);
        if (!answer.is_allowed || tokens_.rule().is_off()) {
            tell(verdict, "client", clients_.rule(), answer);
        }
    }
    return verdict;
}

RateVerdict RateLimits::of_address(std::string_view address, std::int64_t now_ms) {
    RateVerdict verdict;
    if (!addresses_.rule().is_off()) {
        tell(
            verdict, "address", addresses_.rule(), addresses_.take(limited_address(address), now_ms)
        );
    }
    return verdict;
}

std::string limited_address(std::string_view address) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    if (::inet_pton(AF_INET6, std::string{address}.c_str(), bytes.data()) != 1) {
        return std::string{address};
    }
    constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) {
        return fmt::format("{}.{}.{}.{}", bytes[12], bytes[13], bytes[14], bytes[15]);
    }
    std::string prefix;
    for (std::size_t i = 0; i < 8; i += 2) {
        prefix += fmt::format(
            "{}{:x}",
            prefix.empty() ? "" : ":",
            static_cast<unsigned>(bytes[i]) << 8U | static_cast<unsigned>(bytes[i + 1])
        );
    }
    return prefix;
}

} // namespace stemlathe::service
