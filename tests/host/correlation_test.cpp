#include "host/compare/correlation.hpp"
#include "tests/support/signals.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

TEST(BestLag, FindsHowFarOneLagsTheOther) {
    auto const noise = white_noise({.frames = 2'000});
    for (std::int64_t const lag : {-300, -1, 0, 1, 17, 300}) {
        std::span const all{noise};
        auto const from_a = static_cast<std::size_t>(500 + lag);
        auto const a = all.subspan(from_a, 1'000);
        auto const b = all.subspan(500, 1'000);
        EXPECT_EQ(best_lag(a, b, 300), lag);
    }
}

TEST(BestLag, FindsItThroughInvertedPolarityAndAnotherLength) {
    auto noise = white_noise({.frames = 2'000});
    std::span const a{noise.data(), 1'500};
    std::vector<float> b(noise.begin() + 40, noise.end());
    for (auto& sample : b) {
        sample = -sample;
    }
    EXPECT_EQ(best_lag(a, b, 100), -40);
}

TEST(BestLag, IsZeroForSilenceAndForNothing) {
    std::vector<float> const silence(100);
    EXPECT_EQ(best_lag(silence, silence, 50), 0);
    EXPECT_EQ(best_lag({}, {}, 50), 0);
}

} // namespace

} // namespace stemlathe::test
