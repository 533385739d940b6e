// What is done by hand (ctest -L long), for it takes minutes.

#include "tests/service/server/cut_cable.hpp"
#include "tests/service/server/farm_kills.hpp"
#include "tests/service/server/takeover.hpp"
#include "tests/service/store/postgres_cluster.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

class LongFarm : public ::testing::Test {
  protected:
    void SetUp() override {
        if (PostgresCluster::programs().empty()) {
            GTEST_SKIP() << PostgresCluster::kAbsent;
        }
    }
};

TEST_F(LongFarm, LosesTwoHundredWorkersAndEveryJobHasOneResult) {
    kill_at_random({.kills = 200, .database_kills = 3, .song_s = 20.0, .pause_most_ms = 1'500});
}

/// With the lease that a farm has where nobody says another.
constexpr double kLease_s = 30.0;
constexpr int kTimes = 10;

void expect_each_within(double bound_s, std::string const& what, std::vector<double> times_s) {
    std::ranges::sort(times_s);
    fmt::print(
        "{}, {} times: {:.2f} s at least, {:.2f} s in the middle, {:.2f} s at most\n",
        what,
        times_s.size(),
        times_s.front(),
        times_s.at(times_s.size() / 2),
        times_s.back()
    );
    EXPECT_GE(times_s.front(), 0.0);
    EXPECT_LE(times_s.back(), bound_s);
}

/// @returns the seconds of each of ten times
std::vector<double>
times_of(double lease_s, int workers, std::function<void(FarmProcess&)> const& harm) {
    FarmSchema const schema;
    Farm farm{schema.url(), lease_s};
    TakeoverSite site{farm, 20.0};
    std::vector<double> times_s;
    for (int i = 0; i < kTimes; ++i) {
        times_s.push_back(site.seconds_of(workers, harm));
        site.finish();
    }
    return times_s;
}

TEST_F(LongFarm, GoesOnWithin35SecondsWhenAHostDies) {
    expect_each_within(35.0, "taken over after a host's death", times_of(kLease_s, 2, kill_host));
}

TEST_F(LongFarm, GoesOnWithinTwoSecondsWhenAnExecutorCrashes) {
    expect_each_within(2.0, "taken up after a crash, alone", times_of(kLease_s, 1, kill_executors));
    expect_each_within(
        2.0, "taken up after a crash, by one of two", times_of(kLease_s, 2, kill_executors)
    );
}

TEST_F(LongFarm, GoesOnWithin35SecondsWhenACableIsCut) {
    Cable const cable;
    if (!cable.is_there()) {
        GTEST_SKIP() << Cable::kAbsent;
    }
    cut_off_a_worker(cable, kLease_s, 120.0);
}

} // namespace

} // namespace stemlathe::test
