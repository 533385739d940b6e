#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stemlathe::service {

/// How often something may be done: `burst` times at once, `per_s` times a second in the long run.
struct RateRule {
    double per_s = 0.0; ///< 0: there is no limit
    double burst = 1.0; ///< at least 1

    [[nodiscard]] bool is_off() const noexcept {
        return per_s <= 0.0;
    }
};

/// What a bucket said.
struct RateAnswer {
    bool is_allowed = true;
    std::int64_t left = 0;   ///< times that may follow at once
    std::int64_t full_s = 0; ///< until all of the burst is there again
    std::int64_t wait_s = 0; ///< where it is not allowed: until it is
};

/// A token bucket for each of many callers: it fills at the rule's rate up to its burst, and each
/// call takes one out. Holds at most `callers_max`; the one that was silent for the longest time
/// makes room and begins anew should it come back. Not for two threads at once.
class TokenBuckets {
  public:
    TokenBuckets(RateRule rule, std::size_t callers_max);
    TokenBuckets(TokenBuckets const&) = delete;
    TokenBuckets& operator=(TokenBuckets const&) = delete;
    ~TokenBuckets() = default;

    /// @param now_ms  of a clock that only goes forward
    [[nodiscard]] RateAnswer take(std::string_view caller, std::int64_t now_ms);

    [[nodiscard]] RateRule const& rule() const noexcept {
        return rule_;
    }

    [[nodiscard]] std::size_t callers() const noexcept {
        return buckets_.size();
    }

  private:
    struct Bucket {
        std::string caller{};
        double filled = 0.0;
        std::int64_t at_ms = 0;
    };

    [[nodiscard]] Bucket& bucket_of(std::string_view caller, std::int64_t now_ms);

    RateRule rule_;
    std::size_t callers_max_;
    std::list<Bucket> buckets_{}; ///< who came last is first
    std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_caller_{};
};

} // namespace stemlathe::service
