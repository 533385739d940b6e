#include "service/jobs/retry.hpp"

#include <gtest/gtest.h>

#include <set>

namespace stemlathe::service {

namespace {

TEST(Retry, DoublesTheWaitAfterAShortageUpToTwoMinutes) {
    EXPECT_EQ(shortage_wait_ms(0), 5'000);
    EXPECT_EQ(shortage_wait_ms(1), 10'000);
    EXPECT_EQ(shortage_wait_ms(4), 80'000);
    EXPECT_EQ(shortage_wait_ms(5), 120'000);
    EXPECT_EQ(shortage_wait_ms(1'000'000), 120'000);
}

TEST(Retry, LosesPatienceAfterHalfAnHour) {
    EXPECT_FALSE(is_too_short(0));
    EXPECT_FALSE(is_too_short(18)); // 155 s + 13 x 120 s = 1,715 s
    EXPECT_TRUE(is_too_short(19));
}

TEST(Retry, QuadruplesTheWaitAfterABreakGiveOrTakeAHalf) {
    std::int64_t middle_ms = 1'000;
    for (std::int64_t attempt = 1; attempt <= 5; ++attempt, middle_ms *= 4) {
        std::int64_t sum_ms = 0;
        for (std::int64_t fence = 0; fence < 1'000; ++fence) {
            auto const wait_ms = broken_wait_ms(attempt, attempt_seed(7, "job_x", fence));
            ASSERT_GE(wait_ms, middle_ms / 2);
            ASSERT_LE(wait_ms, middle_ms / 2 + middle_ms);
            sum_ms += wait_ms;
        }
        // Uniform over its middle: the mean of 1,000 strays by 0.9 % of it (one sigma).
        EXPECT_NEAR(
            static_cast<double>(sum_ms) / 1'000,
            static_cast<double>(middle_ms),
            0.05 * static_cast<double>(middle_ms)
        );
    }
    EXPECT_EQ(broken_wait_ms(1'000'000, 0), broken_wait_ms(11, 0)); // no overflow
}

TEST(Retry, ScattersByJobAttemptAndSeedAndNothingElse) {
    std::set<std::uint64_t> seeds;
    for (auto const* job : {"job_a", "job_b"}) {
        for (std::int64_t fence : {1, 2}) {
            for (std::uint64_t seed : {0U, 1U}) {
                seeds.insert(attempt_seed(seed, job, fence));
                EXPECT_EQ(attempt_seed(seed, job, fence), attempt_seed(seed, job, fence));
            }
        }
    }
    EXPECT_EQ(seeds.size(), 8U);
}

} // namespace

} // namespace stemlathe::service
