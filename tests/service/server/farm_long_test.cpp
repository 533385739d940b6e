// What is done by hand (ctest -L long), for it takes minutes.

#include "tests/service/server/farm_kills.hpp"
#include "tests/service/store/postgres_cluster.hpp"

#include <gtest/gtest.h>

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

} // namespace

} // namespace stemlathe::test
