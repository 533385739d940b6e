// `kill -9` of workers and of their PostgreSQL, at random.

#include "tests/service/server/farm_kills.hpp"
#include "tests/service/store/postgres_cluster.hpp"

#include <gtest/gtest.h>

namespace stemlathe::test {

namespace {

TEST(PostgreSQLFarmKills, FortyWorkersAndEveryJobHasOneResult) {
    if (PostgresCluster::programs().empty()) {
        GTEST_SKIP() << PostgresCluster::kAbsent;
    }
    kill_at_random({.kills = 40, .database_kills = 3, .song_s = 4.0, .pause_most_ms = 400});
}

} // namespace

} // namespace stemlathe::test
