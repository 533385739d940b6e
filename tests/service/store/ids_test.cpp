#include "service/store/ids.hpp"
#include "service/store/sqlite/sqlite_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace stemlathe::test {

namespace {

using service::make_id;
using service::random_secret;

constexpr std::string_view kCrockford = "0123456789abcdefghjkmnpqrstvwxyz";

/// The 128 bits behind the prefix, as two halves.
std::pair<std::uint64_t, std::uint64_t> uuid_of(std::string const& id) {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    for (char const letter : id.substr(id.find('_') + 1)) {
        high = high << 5U | low >> 59U;
        low = low << 5U | kCrockford.find(letter);
    }
    return {high, low};
}

TEST(Id, IsAUuidOfVersionSevenInCrockfordsBase32) {
    auto const before = service::wall_clock_ms();
    auto const id = make_id("ses");
    auto const after = service::wall_clock_ms();
    ASSERT_EQ(id.size(), 4U + 26U);
    EXPECT_TRUE(id.starts_with("ses_0"));
    EXPECT_EQ(id.substr(4).find_first_not_of(kCrockford), std::string::npos) << id;
    auto const [high, low] = uuid_of(id);
    EXPECT_EQ(high >> 12U & 0xFU, 7U);
    EXPECT_EQ(low >> 62U, 2U);
    EXPECT_GE(static_cast<std::int64_t>(high >> 16U), before);
    EXPECT_LE(static_cast<std::int64_t>(high >> 16U), after + 1);
}

TEST(Id, GrowsWithinAProcess) {
    auto last = make_id("x");
    for (int i = 0; i < 20'000; ++i) { // many in each millisecond
        auto const next = make_id("x");
        ASSERT_GT(next, last);
        last = next;
    }
}

TEST(IdThreads, NeverGetTheSame) {
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kEach = 2'000;
    std::vector<std::vector<std::string>> made(kThreads);
    {
        std::vector<std::jthread> threads;
        for (auto& list : made) {
            threads.emplace_back([&list] {
                std::generate_n(std::back_inserter(list), kEach, [] { return make_id("x"); });
            });
        }
    }
    std::set<std::string> all;
    for (auto const& list : made) {
        all.insert(list.begin(), list.end());
    }
    EXPECT_EQ(all.size(), kThreads * kEach);
}

TEST(Secret, Is256BitsThatGoIntoAUrl) {
    std::set<std::string> secrets;
    std::set<char> letters;
    std::set<char> last_letters;
    for (int i = 0; i < 1'000; ++i) {
        auto const secret = random_secret();
        ASSERT_EQ(secret.size(), 43U);
        letters.insert(secret.begin(), secret.end());
        last_letters.insert(secret.back());
        secrets.insert(secret);
    }
    EXPECT_EQ(secrets.size(), 1'000U);
    EXPECT_EQ(letters.size(), 64U);      // 43,000 draws miss one of 64 with probability e^-670
    EXPECT_EQ(last_letters.size(), 16U); // four bits are left for it
}

} // namespace

} // namespace stemlathe::test
