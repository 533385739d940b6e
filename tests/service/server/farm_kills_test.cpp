#include "tests/service/server/farm.hpp"
#include "tests/service/store/dice.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

namespace stemlathe::test {

namespace {

constexpr int kKills = 40;
constexpr int kDatabaseKills = 3;
constexpr std::size_t kWorkers = 4;

class FarmKills : public ::testing::Test {
  protected:
    void SetUp() override {
        if (PostgresCluster::programs().empty()) {
            GTEST_SKIP() << PostgresCluster::kAbsent;
        }
    }

    /// So many renders have not ended that each worker has one, and another waits.
    void keep_busy(Farm& farm, FarmProcess const& service, std::string const& session) {
        constexpr auto kWaiting = "SELECT count(*) AS count FROM job WHERE kind='render' AND "
                                  "state IN('queued','leased')";
        while (farm.count(kWaiting) <= static_cast<std::int64_t>(kWorkers)) {
            farm.order(service, session, "cd", "key-" + std::to_string(++orders_));
        }
    }

    Dice dice{40};
    int orders_ = 0;
};

/// Whole workers, in whatever they are at, and the database three times: each job has one result.
TEST_F(FarmKills, FortyWorkersAndEveryJobHasOneResult) {
    PostgresCluster cluster{PostgresCluster::Durability::over_kills};
    Farm farm{cluster.url(), 3.0};
    write_session(farm.songs() / "song", 4.0);
    auto const service = farm.serve();
    std::array<std::unique_ptr<FarmProcess>, kWorkers> workers;
    for (auto& worker : workers) {
        worker = farm.worker();
    }
    static_cast<void>(farm.submit(*service, "song"));
    auto const session = farm.database().query("SELECT id FROM session").front().text("id");
    farm.database().query("UPDATE tenant SET max_running=100");
    int database_kills = 0;
    for (int kills = 0; kills < kKills; ++kills) {
        keep_busy(farm, *service, session);
        ::usleep(static_cast<useconds_t>(dice.number(100, 2'500)) * 1'000);
        auto& victim = workers.at(static_cast<std::size_t>(dice.number(0, kWorkers - 1)));
        victim->kill();
        if (kills % (kKills / kDatabaseKills) == kKills / kDatabaseKills / 2) {
            cluster.kill();
            cluster.start();
            ++database_kills;
        }
        victim = farm.worker();
        // An attempt that a kill cost is not the job's: it must not be set aside for it.
        farm.database().query("UPDATE job SET max_attempts=1000, run_after=0 WHERE state='queued' "
                              "OR state='leased'");
    }
    ASSERT_TRUE(
        farm.comes_to(0, "SELECT count(*) AS count FROM job WHERE state IN('queued','leased')", 300)
    );
    farm.expect_one_result_each();
    EXPECT_EQ(
        farm.count("SELECT count(*) AS count FROM (SELECT DISTINCT digest FROM output WHERE name "
                   "LIKE 'masters/cd/%.wav') AS masters"),
        1
    ) << "killing changed the bytes";
    auto const lost = farm.count("SELECT count(*) AS count FROM attempt WHERE outcome='lost'");
    EXPECT_GT(lost, kKills / 4) << "most were killed while they had nothing to do";
    RecordProperty("databases_killed", database_kills);
    RecordProperty("killed_in_mid_job", static_cast<int>(lost));
    RecordProperty(
        "attempts", static_cast<int>(farm.count("SELECT count(*) AS count FROM attempt"))
    );
}

} // namespace

} // namespace stemlathe::test
