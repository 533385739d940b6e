#include "host/tasks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

TEST(Tasks, CallEachPartOnce) {
    for (int const threads : {1, 2, 7}) {
        Tasks tasks{threads};
        EXPECT_EQ(tasks.threads(), threads);
        for (std::size_t const count : {0U, 1U, 2U, 1'000U}) {
            std::vector<int> calls(count);
            tasks.for_each(count, [&](std::size_t i) { ++calls[i]; });
            EXPECT_TRUE(std::ranges::all_of(calls, [](int n) { return n == 1; })) << count;
        }
    }
}

TEST(Tasks, AreThereForTheNextBatchAtOnce) {
    Tasks tasks{4};
    std::atomic<int> sum{0};
    for (int round = 0; round < 2'000; ++round) {
        tasks.for_each(3, [&](std::size_t i) { sum += static_cast<int>(i) + 1; });
    }
    EXPECT_EQ(sum, 2'000 * 6);
}

TEST(Tasks, ShowTheirWritesToTheCaller) {
    Tasks tasks{3};
    std::vector<double> values(10'000);
    tasks.for_each(values.size(), [&](std::size_t i) { values[i] = 1.0; });
    EXPECT_EQ(std::accumulate(values.begin(), values.end(), 0.0), 10'000.0);
}

TEST(Tasks, ThrowTheFailureOfTheLowestIndexAfterTheOthersHaveEnded) {
    Tasks tasks{3};
    std::atomic<int> ended{0};
    try {
        tasks.for_each(20, [&](std::size_t i) {
            ++ended;
            if (i == 5 || i == 17) {
                throw std::runtime_error{std::to_string(i)};
            }
        });
        FAIL() << "no failure came through";
    } catch (std::runtime_error const& error) {
        EXPECT_STREQ(error.what(), "5");
    }
    EXPECT_EQ(ended, 20);
    std::atomic<int> later{0};
    tasks.for_each(20, [&](std::size_t) { ++later; });
    EXPECT_EQ(later, 20) << "a failure must not stop the crew";
}

TEST(Tasks, RunABatchInsideAPartAlone) {
    Tasks tasks{3};
    std::atomic<int> inner{0};
    tasks.for_each(4, [&](std::size_t) { tasks.for_each(5, [&](std::size_t) { ++inner; }); });
    EXPECT_EQ(inner, 20);
}

} // namespace

} // namespace stemlathe::test
