// A house that upgrades one process after the other: two programs, an older and a newer one, on one
// PostgreSQL. They are today's and tomorrow's (see tomorrow/); with STEMLATHE_OLD_PROGRAM they are
// that one and today's, as old_program_test.sh has it.

#include "service/jobs/job_types.hpp"
#include "service/store/migrate.hpp"
#include "tests/service/server/farm.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace stemlathe::test {

namespace {

constexpr char const* kDone =
    "SELECT count(*) AS count FROM job WHERE kind='render' AND state='succeeded'";

char const* old_program() {
    return std::getenv("STEMLATHE_OLD_PROGRAM");
}

class PostgreSQLUpgrade : public ::testing::Test {
  protected:
    void SetUp() override {
        if (PostgresCluster::programs().empty()) {
            GTEST_SKIP() << PostgresCluster::kAbsent;
        }
    }

    [[nodiscard]] static std::string older() {
        return old_program() != nullptr ? old_program() : "stemlathe";
    }

    [[nodiscard]] static std::string newer() {
        return old_program() != nullptr ? "stemlathe" : "stemlathe_tomorrow";
    }

    std::unique_ptr<FarmProcess> serve(std::string const& program) {
        farm.program = program;
        return farm.serve();
    }

    std::unique_ptr<FarmProcess> worker(std::string const& program) {
        farm.program = program;
        return farm.worker();
    }

    /// The number of schema files that the database has seen.
    std::int64_t schema() {
        return service::schema_of(farm.database()).ran;
    }

    /// A song is ordered there and is mastered by that worker; its files hold against their
    /// documents.
    void expect_mastered(FarmProcess const& there, FarmProcess const& by) {
        auto const song = "song " + std::to_string(++songs);
        write_session(farm.songs() / song, 2.0);
        auto const render = farm.submit(there, song);
        ASSERT_FALSE(render.empty());
        ASSERT_TRUE(farm.comes_to(songs, kDone));
        expect_made_by(by, render);
        auto const out = (farm.songs() / "out" / song).string();
        auto const fetched = farm.client(there, {"fetch", render, "--out", out});
        EXPECT_EQ(fetched.exit_code, 0) << fetched.err << fetched.out;
        auto const verified = run_stemlathe({"verify", out});
        EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
    }

    void expect_made_by(FarmProcess const& worker, std::string const& render) {
        auto const rows = farm.database().query(
            "SELECT a.owner AS owner FROM render r JOIN attempt a ON a.job=r.job WHERE r.id=$1 "
            "AND a.outcome='succeeded'",
            {render}
        );
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows.front().text("owner"), worker.name());
    }

    boost::json::value render_document(FarmProcess const& there, std::string const& render) {
        return farm.get(there, "/v1/renders/" + render);
    }

    FarmSchema const database{};
    Farm farm{database.url(), 10.0};
    int songs = 0;
};

TEST_F(PostgreSQLUpgrade, OldWorkersAndServicesGoOnWithANewSchema) {
    auto const old_service = serve(older());
    auto old_worker = worker(older());
    expect_mastered(*old_service, *old_worker);
    auto const before = schema();
    auto const new_service = serve(newer());
    ASSERT_GT(schema(), before) << "there was nothing to upgrade";
    expect_mastered(*new_service, *old_worker);
    if (old_program() ==
        nullptr) { // before 0012, services had to be restarted: see store/README.md
        expect_mastered(*old_service, *old_worker);
    }
    EXPECT_EQ(old_worker->stop(), 0);
    old_worker = worker(older()); // it may also begin anew
    EXPECT_EQ(old_service->stop(), 0);
    auto const restarted = serve(older());
    expect_mastered(*restarted, *old_worker);
    expect_mastered(*new_service, *old_worker);
    farm.expect_one_result_each();
    farm.program = newer();
    farm.expect_files_whole();
    fmt::print(
        "an old worker and old services beside schema {} (theirs was {}): {} renders, each "
        "mastered "
        "once and verified\n",
        schema(),
        before,
        songs
    );
}

/// A new worker leaves the schema alone. Where it is new enough for workers it works at once, else
/// it waits for a service.
TEST_F(PostgreSQLUpgrade, NewWorkersWorkForOldServices) {
    auto const old_service = serve(older());
    auto const before = schema();
    farm.program = newer();
    bool const must_wait = before < service::kWorkerSchema;
    FarmProcess new_worker{
        farm.words("worker"), must_wait ? "waiting: " : "working as ", {}, newer()};
    EXPECT_EQ(schema(), before) << "a worker has changed the schema";
    if (must_wait) {
        EXPECT_NE(
            new_worker.name().find("once a stemlathe serve of this version"), std::string::npos
        ) << new_worker.name();
        EXPECT_EQ(serve(newer())->stop(), 0);
        static_cast<void>(new_worker.program().printed_after("working as "));
    }
    auto const song = farm.songs() / "song";
    write_session(song, 2.0);
    auto const render = farm.submit(*old_service, "song");
    ASSERT_TRUE(farm.comes_to(1, kDone));
    auto const out = (farm.songs() / "out").string();
    EXPECT_EQ(farm.client(*old_service, {"fetch", render, "--out", out}).exit_code, 0);
    EXPECT_EQ(run_stemlathe({"verify", out}).exit_code, 0);
    farm.expect_one_result_each();
    EXPECT_EQ(old_service->stop(), 0);
    if (!must_wait) {
        EXPECT_EQ(schema(), before);
        EXPECT_EQ(new_worker.stop(), 0);
    }
}

/// The database is as a program left it whose schema workers of today cannot work on.
TEST_F(PostgreSQLUpgrade, AWorkerWaitsForAServiceThatBringsTheSchema) {
    auto const files = service::schema_files().first(service::kWorkerSchema - 1);
    service::migrate(farm.database(), files);
    FarmProcess waiting{farm.words("worker"), "waiting: "};
    EXPECT_NE(
        waiting.name().find("schema " + std::to_string(files.size()) + ", and this worker needs"),
        std::string::npos
    ) << waiting.name();
    FarmProcess leaving{farm.words("worker"), "waiting: "};
    EXPECT_EQ(leaving.stop(), 0);
    EXPECT_EQ(schema(), std::ssize(files));
    auto const service = serve("stemlathe");
    EXPECT_FALSE(waiting.program().printed_after("working as ").empty());
    write_session(farm.songs() / "song");
    static_cast<void>(farm.submit(*service, "song"));
    EXPECT_TRUE(farm.comes_to(1, kDone));
}

/// One machine with SQLite: nobody but the new program can work there, so nothing is waited for.
TEST(Upgrade, OfOneMachineGoesOverAtOnce) {
    Farm farm{"", 10.0};
    auto words = farm.words("serve");
    words.insert(words.end(), {"--listen", "127.0.0.1:0"});
    write_session(farm.songs() / "song", 2.0);
    auto const made = [&](FarmProcess const& service, std::string const& render) {
        boost::json::object document;
        EXPECT_TRUE(soon([&] {
            document = farm.get(service, "/v1/renders/" + render);
            return document.at("state") == "succeeded";
        })) << boost::json::serialize(document);
        return document;
    };
    std::string session;
    {
        FarmProcess const today{words, "listening on ", {}, "stemlathe"};
        auto const first = made(today, farm.submit(today, "song"));
        EXPECT_EQ(first.at("engine"), 1);
        session = first.at("session").as_string();
    }
    FarmProcess const tomorrow{words, "listening on ", {}, "stemlathe_tomorrow"};
    auto const second = made(tomorrow, farm.order(tomorrow, session, "cd", "second"));
    EXPECT_EQ(second.at("engine"), 2);
    EXPECT_EQ(
        boost::json::serialize(second.at("changes")),
        R"([{"pointer":"/engine","before":1,"after":2}])"
    );
}

/// Two workers, the second with the engine of tomorrow.
class PostgreSQLEngines : public PostgreSQLUpgrade {
  protected:
    void SetUp() override {
        PostgreSQLUpgrade::SetUp();
        if (old_program() != nullptr) {
            GTEST_SKIP() << "this is about the engine of tomorrow";
        }
        // Longer than workers need to be heard of on a busy machine (every two seconds).
        farm.more_settings = "engine_wait_s = 6\ndrain_s = 0.1\n";
        write_session(farm.songs() / "song", kLong_s);
    }

    std::string order_next(FarmProcess const& there) {
        ++ordered;
        return farm.order(there, farm.session(), "cd", std::to_string(ordered));
    }

    std::string digest_of(FarmProcess const& there, std::string const& render) {
        auto const outputs = render_document(there, render).at("outputs").as_array();
        for (auto const& output : outputs) {
            if (std::string_view{output.at("name").as_string()}.ends_with(".wav")) {
                return output.at("sha256").as_string().c_str();
            }
        }
        ADD_FAILURE() << "there is no master in " << boost::json::serialize(outputs);
        return {};
    }

    boost::json::array told(FarmProcess const& there) {
        boost::json::array found;
        auto const events = farm.get(there, "/v1/events?after=0&limit=200");
        for (auto const& event : events.at("items").as_array()) {
            if (event.at("type") == "session.engine_changed") {
                found.push_back(event.at("data"));
            }
        }
        return found;
    }

    static constexpr double kLong_s = 30.0;
    static constexpr char const* kRunning =
        "SELECT count(*) AS count FROM job WHERE kind='render' AND state='leased'";
    int ordered = 0;
};

TEST_F(PostgreSQLEngines, ASessionKeepsItsOwnUntilNobodyHasItAnyMore) {
    auto const service = serve("stemlathe_tomorrow");
    auto const old_worker = worker("stemlathe");
    auto const first = farm.submit(*service, "song");
    ASSERT_TRUE(farm.comes_to(1, kDone));
    EXPECT_EQ(render_document(*service, first).at("engine"), 1);

    auto const new_worker = worker("stemlathe_tomorrow");
    ASSERT_TRUE(farm.comes_to(2, "SELECT count(*) AS count FROM worker"));
    auto const workers = farm.get(*service, "/v1/workers").at("items").as_array();
    ASSERT_EQ(workers.size(), 2U);
    EXPECT_EQ(workers[0].at("engine"), 1);
    EXPECT_EQ(workers[1].at("engine"), 2);
    for (int i = 2; i <= 3; ++i) { // although the other one is idle
        auto const render = order_next(*service);
        EXPECT_EQ(render_document(*service, render).at("engine"), 1);
        ASSERT_TRUE(farm.comes_to(i, kDone));
        expect_made_by(*old_worker, render);
    }
    EXPECT_TRUE(told(*service).empty());

    auto const last = order_next(*service);
    ASSERT_TRUE(farm.comes_to(1, kRunning));
    auto const gone = farm.now_ms();
    EXPECT_EQ(old_worker->stop(), 0); // it gives the job back
    EXPECT_EQ(farm.count("SELECT count(*) AS count FROM attempt WHERE outcome='released'"), 1);
    ASSERT_TRUE(farm.comes_to(4, kDone));
    expect_made_by(*new_worker, last);
    auto const started = farm.database().query(
        "SELECT j.started AS started FROM render r JOIN job j ON j.id=r.job WHERE r.id=$1", {last}
    );
    // The last time that the old one was noted is at most a sixth of the wait and two seconds back.
    auto const waited_ms = started.front().integer("started") - gone;
    EXPECT_GE(waited_ms, 6'000 - 1'000 - 2'500);

    auto const document = render_document(*service, last);
    EXPECT_EQ(document.at("engine"), 2);
    EXPECT_EQ(
        boost::json::serialize(document.at("changes")),
        R"([{"pointer":"/engine","before":1,"after":2}])"
    );
    EXPECT_EQ(document.at("result").at("engine").at("generation"), 2);
    EXPECT_EQ(
        farm.get(*service, "/v1/renders/" + last + "/report").at("engine").at("generation"), 2
    );
    auto const events = told(*service);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(
        boost::json::serialize(events[0]),
        R"({"render":")" + last + R"(","revision":4,"before":1,"after":2})"
    );
    EXPECT_EQ(digest_of(*service, last), digest_of(*service, first)) << "tomorrow sounds alike";
    EXPECT_EQ(render_document(*service, order_next(*service)).at("engine"), 2);
    ASSERT_TRUE(farm.comes_to(5, kDone));
    farm.expect_one_result_each();
    fmt::print(
        "three revisions by engine 1 beside an idle worker of engine 2; the fourth was taken by it "
        "{} ms after the last worker of engine 1 was told to go, and says so\n",
        waited_ms
    );
}

} // namespace

} // namespace stemlathe::test
