#include "service/limits/rate_limits.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

/// Token buckets on a clock that the test sets.
namespace stemlathe::service {

namespace {

int allowed(TokenBuckets& buckets, std::string_view caller, std::int64_t now_ms, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i) {
        count += buckets.take(caller, now_ms).is_allowed ? 1 : 0;
    }
    return count;
}

TEST(TokenBuckets, AllowABurstAndThenTheRate) {
    TokenBuckets buckets{{.per_s = 2.0, .burst = 5.0}, 10};
    EXPECT_EQ(allowed(buckets, "a", 0, 20), 5);
    EXPECT_EQ(allowed(buckets, "a", 499, 20), 0);
    EXPECT_EQ(allowed(buckets, "a", 500, 20), 1);
    EXPECT_EQ(allowed(buckets, "a", 2'500, 20), 4);
    EXPECT_EQ(allowed(buckets, "a", 1'000'000, 20), 5) << "no more than the burst is saved up";
    EXPECT_EQ(allowed(buckets, "b", 1'000'000, 20), 5) << "others have buckets of their own";
    EXPECT_EQ(allowed(buckets, "a", 0, 20), 0) << "a clock that goes back gives nothing";
}

TEST(TokenBuckets, SayHowLongToWait) {
    TokenBuckets buckets{{.per_s = 0.1, .burst = 2.0}, 10};
    EXPECT_EQ(buckets.take("a", 0).left, 1);
    auto const last = buckets.take("a", 0);
    EXPECT_TRUE(last.is_allowed);
    EXPECT_EQ(last.left, 0);
    EXPECT_EQ(last.full_s, 20);
    auto const refused = buckets.take("a", 4'000);
    EXPECT_FALSE(refused.is_allowed);
    EXPECT_EQ(refused.wait_s, 6);
    EXPECT_FALSE(buckets.take("a", 9'999).is_allowed);
    EXPECT_TRUE(buckets.take("a", 10'000).is_allowed);
}

TEST(TokenBuckets, WithoutARateAllowEverything) {
    TokenBuckets buckets{{}, 10};
    EXPECT_EQ(allowed(buckets, "a", 0, 1'000), 1'000);
    EXPECT_EQ(buckets.callers(), 0U);
}

TEST(TokenBuckets, HoldNoMoreCallersThanTheyMayAndForgetTheSilentOnes) {
    TokenBuckets buckets{{.per_s = 1.0, .burst = 2.0}, 3};
    EXPECT_EQ(allowed(buckets, "loud", 0, 5), 2);
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_TRUE(buckets.take(fmt::format("stranger {}", i), 0).is_allowed);
        EXPECT_FALSE(buckets.take("loud", 0).is_allowed);
        EXPECT_LE(buckets.callers(), 3U);
    }
    EXPECT_EQ(allowed(buckets, "stranger 0", 0, 5), 2) << "begins anew";
}

TEST(RateLimits, AreOfATokenAndOfAllTokensOfAClient) {
    RateLimits limits{
        {.token = {.per_s = 1.0, .burst = 3.0}, .client = {.per_s = 1.0, .burst = 5.0}}};
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(limits.of_token("one", "anna", 0).is_allowed);
    }
    EXPECT_EQ(limits.of_token("one", "anna", 0).by, "token");
    EXPECT_FALSE(limits.of_token("one", "anna", 0).is_allowed);
    EXPECT_TRUE(limits.of_token("two", "anna", 0).is_allowed);
    EXPECT_TRUE(limits.of_token("two", "anna", 0).is_allowed);
    auto const met = limits.of_token("two", "anna", 0);
    EXPECT_FALSE(met.is_allowed);
    EXPECT_EQ(met.by, "client");
    EXPECT_EQ(met.wait_s, 1);
    EXPECT_TRUE(limits.of_token("three", "bert", 0).is_allowed);
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(limits.of_token("house", "", 0).is_allowed);
    }
}

TEST(RateLimits, AreToldInTheFieldsOfTheDraft) {
    RateLimits limits{{.address = {.per_s = 0.5, .burst = 10.0}}};
    using Fields = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(
        limits.of_address("192.0.2.1", 0).fields,
        (Fields{{"RateLimit-Policy", "\"address\";q=10;w=20"}, {"RateLimit", "\"address\";r=9;t=2"}}
        )
    );
    RateLimits off{{.token = {}, .client = {}, .address = {}}};
    EXPECT_TRUE(off.of_address("192.0.2.1", 0).fields.empty());
    EXPECT_TRUE(off.of_token("one", "anna", 0).fields.empty());
}

TEST(RateLimits, TakeAnIPv6NetworkForOneAddress) {
    EXPECT_EQ(limited_address("2001:db8:0:1::7"), "2001:db8:0:1");
    EXPECT_EQ(limited_address("2001:db8:0:1:ffff::"), "2001:db8:0:1");
    EXPECT_NE(limited_address("2001:db8:0:2::7"), limited_address("2001:db8:0:1::7"));
    EXPECT_EQ(limited_address("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(limited_address("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(limited_address("unknown"), "unknown");
}

} // namespace

} // namespace stemlathe::service
