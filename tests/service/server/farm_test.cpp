// Several processes on one PostgreSQL and one folder of files, as a house with several machines has
// them: who takes what in, who masters it, and what becomes of it when somebody dies.

#include "tests/service/server/farm.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <csignal>

namespace stemlathe::test {

namespace {

constexpr char const* kRunning =
    "SELECT count(*) AS count FROM (SELECT id FROM job WHERE kind='render' AND state='leased' AND "
    "progress>0 LIMIT 1) AS any_of_them";
constexpr char const* kDone =
    "SELECT count(*) AS count FROM job WHERE kind='render' AND state='succeeded'";

class PostgreSQLFarm : public ::testing::Test {
  protected:
    void SetUp() override {
        if (PostgresCluster::programs().empty()) {
            GTEST_SKIP() << PostgresCluster::kAbsent;
        }
    }
};

TEST_F(PostgreSQLFarm, RefusesInASentenceWhatCannotBeShared) {
    TempFolder const folder;
    write_file(folder / "stemlathe.toml", "");
    auto const config = (folder / "stemlathe.toml").string();
    auto const worker = run_stemlathe({"worker", "--config", config});
    EXPECT_EQ(worker.exit_code, 2);
    EXPECT_NE(worker.err.find("name a PostgreSQL as [store] url"), std::string::npos) << worker.err;
    EXPECT_EQ(run_stemlathe({"worker"}).exit_code, 2);
    auto const serve = run_stemlathe({"serve", "--config", config, "--no-worker"});
    EXPECT_EQ(serve.exit_code, 2);
    EXPECT_NE(serve.err.find("leave --no-worker out"), std::string::npos) << serve.err;
}

TEST_F(PostgreSQLFarm, MastersInTwoWorkersWhatTwoServicesTakeIn) {
    FarmSchema const schema;
    Farm farm{schema.url(), 10.0};
    write_session(farm.songs() / "one");
    write_session(farm.songs() / "two", 3.0);
    auto const here = farm.serve();
    auto const there = farm.serve();
    auto const first_worker = farm.worker();
    auto const second_worker = farm.worker();
    auto const one = farm.submit(*here, "one");
    auto const two = farm.submit(*there, "two");
    ASSERT_TRUE(farm.comes_to(2, kDone));
    EXPECT_EQ(farm.client(*there, {"status", one}).json().at("state").as_string(), "succeeded");
    EXPECT_EQ(farm.client(*here, {"status", two}).json().at("state").as_string(), "succeeded");
    auto const out = (farm.songs() / "out").string();
    auto const fetched = farm.client(*there, {"fetch", one, "--out", out});
    EXPECT_EQ(fetched.exit_code, 0) << fetched.err << fetched.out;
    EXPECT_EQ(run_stemlathe({"verify", out}).exit_code, 0);
    farm.expect_one_result_each();
    EXPECT_EQ(farm.count("SELECT count(*) AS count FROM worker"), 2);
    EXPECT_EQ(second_worker->stop(), 0);
    EXPECT_EQ(farm.count("SELECT count(*) AS count FROM worker"), 1) << "it did not sign out";
}

TEST_F(PostgreSQLFarm, TakesOverFromAWorkerThatWasKilled) {
    FarmSchema const schema;
    Farm farm{schema.url(), 1.5};
    write_session(farm.songs() / "song", 12.0);
    auto const service = farm.serve();
    auto const killed = farm.worker();
    static_cast<void>(farm.submit(*service, "song"));
    ASSERT_TRUE(farm.comes_to(1, kRunning));
    killed->kill();
    auto const rescuer = farm.worker();
    ASSERT_TRUE(farm.comes_to(1, kDone));
    farm.expect_one_result_each();
    EXPECT_EQ(farm.count("SELECT count(*) AS count FROM attempt WHERE outcome='lost'"), 1);
    EXPECT_EQ(
        farm.count(
            "SELECT count(*) AS count FROM attempt a JOIN job j ON j.id=a.job WHERE "
            "j.kind='render' AND a.outcome='succeeded' AND a.owner='" +
            rescuer->name() + "'"
        ),
        1
    );
}

/// It wakes up with a job that is another's by now: what it has is thrown away.
TEST_F(PostgreSQLFarm, RefusesWhatAWorkerMadeThatSleptThroughItsLease) {
    FarmSchema const schema;
    Farm farm{schema.url(), 1.5};
    write_session(farm.songs() / "song", 12.0);
    auto const service = farm.serve();
    auto const sleeper = farm.worker();
    static_cast<void>(farm.submit(*service, "song"));
    ASSERT_TRUE(farm.comes_to(1, kRunning));
    sleeper->program().send(SIGSTOP);
    auto const rescuer = farm.worker();
    ASSERT_TRUE(farm.comes_to(2, "SELECT max(fence) AS count FROM job WHERE kind='render'"));
    sleeper->program().send(SIGCONT);
    EXPECT_TRUE(sleeper->program().await("\"ending\":\"lost\""));
    ASSERT_TRUE(farm.comes_to(1, kDone));
    farm.expect_one_result_each();
}

/// A restart of the database costs nobody an attempt, whatever the jobs were at.
TEST_F(PostgreSQLFarm, GoesOnAfterTheDatabaseWasKilled) {
    PostgresCluster cluster{PostgresCluster::Durability::full};
    Farm farm{cluster.url(), 20.0};
    auto const service = farm.serve();
    auto const first_worker = farm.worker();
    auto const second_worker = farm.worker();
    constexpr int kSongs = 2;
    for (int i = 0; i < kSongs; ++i) {
        auto const song = "song " + std::to_string(i);
        write_session(farm.songs() / song, 12.0);
        static_cast<void>(farm.submit(*service, song));
    }
    ASSERT_TRUE(farm.comes_to(1, kRunning));
    cluster.kill();
    cluster.start();
    ASSERT_TRUE(farm.comes_to(kSongs, kDone));
    farm.expect_one_result_each();
    EXPECT_EQ(farm.count("SELECT max(attempt) AS count FROM job"), 1);
}

} // namespace

} // namespace stemlathe::test
