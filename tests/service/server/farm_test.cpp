// Several processes on one PostgreSQL and one folder of files, as a house with several machines has
// them: who takes what in, who masters it, and what becomes of it when somebody dies.

#include "tests/service/server/farm.hpp"
#include "tests/service/server/tus_requests.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <csignal>

namespace stemlathe::test {

namespace {

constexpr double kShort_s = 2.0; ///< a lease that a busy machine keeps all the same
constexpr char const* kRunning =
    "SELECT count(*) AS count FROM (SELECT id FROM job WHERE kind='render' AND state='leased' "
    "LIMIT 1) AS any_of_them";
constexpr double kLong_s = 40.0; ///< a song that a quick machine masters for a second or so
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

/// Workers and events are the house's, whichever process is asked; a stream that one began goes on
/// with another.
void expect_both_show_the_same(Farm& farm, FarmProcess const& here, FarmProcess const& there) {
    auto const workers = farm.get(there, "/v1/workers").at("items").as_array();
    ASSERT_EQ(workers.size(), 2U);
    EXPECT_TRUE(workers[0].at("live").as_bool() && workers[1].at("live").as_bool());
    auto const events = farm.get(here, "/v1/events?after=0").at("items");
    EXPECT_EQ(farm.get(there, "/v1/events?after=0").at("items"), events);
    auto const id = [&](std::size_t i) {
        return "id: " + std::to_string(events.at(i).at("id").as_int64()) + "\n";
    };
    RawClient stream{port_of(here)};
    stream.send(head_of("GET", "/v1/events", "Last-Event-ID: 0\r\n"));
    EXPECT_NE(stream.read_until(id(0)).find(id(0)), std::string::npos);
    RawClient resumed{port_of(there)};
    auto const last = id(0).substr(4, id(0).size() - 5);
    resumed.send(head_of("GET", "/v1/events", "Last-Event-ID: " + last + "\r\n"));
    auto const came = resumed.read_until(id(1));
    EXPECT_NE(came.find(id(1)), std::string::npos) << came;
    EXPECT_EQ(came.find(id(0)), std::string::npos) << came;
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
    expect_both_show_the_same(farm, *here, *there);
    EXPECT_EQ(second_worker->stop(), 0);
    EXPECT_EQ(farm.count("SELECT count(*) AS count FROM worker"), 1) << "it did not sign out";
}

TEST_F(PostgreSQLFarm, TakesOverFromAWorkerThatWasKilled) {
    FarmSchema const schema;
    Farm farm{schema.url(), kShort_s};
    write_session(farm.songs() / "song", kLong_s);
    auto const service = farm.serve();
    auto const killed = farm.worker();
    static_cast<void>(farm.submit(*service, "song"));
    ASSERT_TRUE(farm.comes_to(1, kRunning));
    killed->kill();
    auto const rescuer = farm.worker();
    ASSERT_TRUE(farm.comes_to(1, kDone));
    farm.expect_one_result_each();
    EXPECT_GE(farm.count("SELECT count(*) AS count FROM attempt WHERE outcome='lost'"), 1);
    EXPECT_EQ(
        farm.count(
            "SELECT count(*) AS count FROM attempt a JOIN job j ON j.id=a.job WHERE "
            "j.kind='render' AND a.outcome='succeeded' AND a.owner='" +
            rescuer->name() + "'"
        ),
        1
    );
}

TEST_F(PostgreSQLFarm, GivesBackWhatAWorkerDoesNotFinishThatIsToldToGo) {
    FarmSchema const schema;
    Farm farm{schema.url(), 20.0};
    farm.more_settings = "drain_s = 0.1\n";
    write_session(farm.songs() / "song", kLong_s);
    auto const service = farm.serve();
    auto const going = farm.worker();
    static_cast<void>(farm.submit(*service, "song"));
    ASSERT_TRUE(farm.comes_to(1, kRunning));
    EXPECT_EQ(going->stop(), 0);
    EXPECT_EQ(farm.count("SELECT count(*) AS count FROM attempt WHERE outcome='released'"), 1);
    auto const next = farm.worker();
    ASSERT_TRUE(farm.comes_to(1, kDone));
    farm.expect_one_result_each();
    EXPECT_EQ(farm.count("SELECT max(attempt) AS count FROM job"), 1) << "the drain was counted";
}

/// It wakes up with a job that is another's by now: what it has is thrown away.
TEST_F(PostgreSQLFarm, RefusesWhatAWorkerMadeThatSleptThroughItsLease) {
    FarmSchema const schema;
    Farm farm{schema.url(), kShort_s};
    write_session(farm.songs() / "song", kLong_s);
    auto const service = farm.serve();
    auto const sleeper = farm.worker();
    static_cast<void>(farm.submit(*service, "song"));
    ASSERT_TRUE(farm.comes_to(1, kRunning));
    sleeper->program().send(SIGSTOP);
    auto const rescuer = farm.worker();
    ASSERT_TRUE(farm.comes_to(
        1, "SELECT count(*) AS count FROM job WHERE kind='render' AND fence>1 AND state='leased'"
    ));
    sleeper->program().send(SIGCONT);
    EXPECT_TRUE(sleeper->program().await("\"ending\":\"lost\""));
    ASSERT_TRUE(farm.comes_to(1, kDone));
    farm.expect_one_result_each();
}

/// A restart of the database costs nobody an attempt, whatever the jobs were at.
TEST_F(PostgreSQLFarm, GoesOnAfterTheDatabaseWasKilled) {
    PostgresCluster cluster{PostgresCluster::Durability::over_kills};
    Farm farm{cluster.url(), 20.0};
    auto const service = farm.serve();
    auto const first_worker = farm.worker();
    auto const second_worker = farm.worker();
    constexpr int kOrders = 2;
    for (int i = 0; i < kOrders; ++i) {
        auto const song = "song " + std::to_string(i);
        write_session(farm.songs() / song, kLong_s / 2);
        static_cast<void>(farm.submit(*service, song));
    }
    ASSERT_TRUE(farm.comes_to(1, kRunning));
    cluster.kill();
    cluster.start();
    ASSERT_TRUE(farm.comes_to(kOrders, kDone));
    farm.expect_one_result_each();
    EXPECT_EQ(farm.count("SELECT max(attempt) AS count FROM job"), 1);
}

/// A client's link to one service hangs, and then the service dies: with another it goes on.
TEST_F(PostgreSQLFarm, GoesOnWithAnUploadThatAnotherServiceBegan) {
    FarmSchema const schema;
    Farm farm{schema.url(), 10.0};
    auto const here = farm.serve();
    auto const there = farm.serve();
    std::string const bytes = "0123456789";
    auto const made =
        ask(*here, "POST", "/v1/uploads", "Upload-Concat: partial\r\nUpload-Length: 10\r\n");
    ASSERT_EQ(made.status, 201) << made.body;
    auto const upload = made.field("location");
    RawClient hanging{port_of(*here)};
    hanging.send(
        head_of("PATCH", upload, chunk_at(0) + "Content-Length: 10\r\n") + bytes.substr(0, 4)
    );
    constexpr auto kWritten = "SELECT count(*) AS count FROM upload WHERE writer IS NOT NULL";
    ASSERT_TRUE(farm.comes_to(1, kWritten));
    auto const shown = ask(*there, "HEAD", upload, ""); // waits until it is handed over
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.field("upload-offset"), "4");

    RawClient dying{port_of(*here)};
    dying.send(
        head_of("PATCH", upload, chunk_at(4) + "Content-Length: 6\r\n") + bytes.substr(4, 2)
    );
    ASSERT_TRUE(farm.comes_to(1, kWritten));
    here->kill();
    ASSERT_TRUE(farm.comes_to(0, kWritten));
    EXPECT_EQ(ask(*there, "HEAD", upload, "").field("upload-offset"), "4");
    EXPECT_EQ(ask(*there, "PATCH", upload, chunk_at(4), bytes.substr(4)).status, 204);
    EXPECT_EQ(
        farm.count("SELECT count(*) AS count FROM upload WHERE state='complete' AND durable=10"), 1
    );
}

/// Old and new side by side, as while a house restarts one machine after the other.
TEST_F(PostgreSQLFarm, LeavesToNewerProgramsWhatItIsTooOldFor) {
    FarmSchema const schema;
    Farm farm{schema.url(), 10.0};
    {
        auto const service = farm.serve();
        auto const worker = farm.worker();
        write_session(farm.songs() / "one");
        static_cast<void>(farm.submit(*service, "one"));
        ASSERT_TRUE(farm.comes_to(1, kDone));
        farm.database().query(
            "INSERT INTO job(id, tenant, session, subject, kind, class, state, spec, spec_digest, "
            "vstart, vfinish, cost, proto_min, created) SELECT 'job_newer', tenant, session, "
            "subject, kind, class, 'queued', spec, spec_digest, 0, 0, cost, 99, now_ms() "
            "FROM job WHERE kind='render'"
        );
        write_session(farm.songs() / "two");
        static_cast<void>(farm.submit(*service, "two"));
        ASSERT_TRUE(farm.comes_to(2, kDone));
        EXPECT_EQ(
            farm.count("SELECT count(*) AS count FROM job WHERE id='job_newer' AND attempt=0 AND "
                       "state='queued'"),
            1
        ) << "it would have been the first";
    }
    farm.database().query("INSERT INTO schema_version(v) VALUES(999)");
    auto const refused = run_stemlathe(farm.words("worker"));
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_NE(refused.err.find("a newer version wrote it; run that version"), std::string::npos)
        << refused.err;
}

/// An unmounted folder must not be taken for the files.
TEST_F(PostgreSQLFarm, RefusesAFolderThatDoesNotHoldTheFiles) {
    FarmSchema const schema;
    Farm farm{schema.url(), 10.0};
    static_cast<void>(farm.serve());
    EXPECT_EQ(farm.worker()->stop(), 0);
    std::filesystem::remove(farm.files() / "installation");
    auto const refused = run_stemlathe(farm.words("worker"));
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_NE(refused.err.find("mount the shared folder there"), std::string::npos) << refused.err;
}

} // namespace

} // namespace stemlathe::test
