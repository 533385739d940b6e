#include "service/limits/token_buckets.hpp"

#include "kernels/base/assert.hpp"

#include <algorithm>
#include <cmath>

namespace stemlathe::service {

namespace {

constexpr double kMs = 1000.0;

std::int64_t seconds_until(double missing, double per_s) {
    return static_cast<std::int64_t>(std::ceil(std::max(missing, 0.0) / per_s));
}

} // namespace

TokenBuckets::TokenBuckets(RateRule rule, std::size_t callers_max)
    : rule_{rule}, callers_max_{callers_max} {
    STEMLATHE_ASSERT(rule.is_off() || rule.burst >= 1.0);
    STEMLATHE_ASSERT(callers_max > 0);
}

TokenBuckets::Bucket& TokenBuckets::bucket_of(std::string_view caller, std::int64_t now_ms) {
    if (auto const found = by_caller_.find(caller); found != by_caller_.end()) {
        buckets_.splice(buckets_.begin(), buckets_, found->second);
        return buckets_.front();
    }
    if (buckets_.size() == callers_max_) {
        by_caller_.erase(buckets_.back().caller);
        buckets_.pop_back();
    }
    buckets_.push_front({.caller = std::string{caller}, .filled = rule_.burst, .at_ms = now_ms});
    by_caller_.emplace(buckets_.front().caller, buckets_.begin());
    return buckets_.front();
}

RateAnswer TokenBuckets::take(std::string_view caller, std::int64_t now_ms) {
    if (rule_.is_off()) {
        return {};
    }
    auto& bucket = bucket_of(caller, now_ms);
    auto const passed_s =
        static_cast<double>(std::max(now_ms - bucket.at_ms, std::int64_t{0})) / kMs;
    bucket.filled = std::min(bucket.filled + passed_s * rule_.per_s, rule_.burst);
    bucket.at_ms = std::max(now_ms, bucket.at_ms);
    RateAnswer answer{.is_allowed = bucket.filled >= 1.0};
    if (answer.is_allowed) {
        bucket.filled -= 1.0;
    } else {
        answer.wait_s = std::max(seconds_until(1.0 - bucket.filled, rule_.per_s), std::int64_t{1});
    }
    answer.left = static_cast<std::int64_t>(bucket.filled);
    answer.full_s = seconds_until(rule_.burst - bucket.filled, rule_.per_s);
    return answer;
}

} // namespace stemlathe::service
