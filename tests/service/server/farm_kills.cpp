#include "tests/service/server/farm_kills.hpp"

#include "kernels/base/failure.hpp"
#include "tests/service/server/farm.hpp"
#include "tests/service/store/dice.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
#include <thread>

namespace stemlathe::test {

namespace {

constexpr std::int64_t kWorkers = 4;
constexpr auto kWaiting = "SELECT count(*) AS count FROM job WHERE state IN('queued','leased')";

/// Orders so many renders that each worker has one and another waits, of one service and the other
/// in turn. An order whose answer got lost is sent again under its key.
class Client {
  public:
    Client(Farm& farm, FarmProcess const& here, FarmProcess const& there)
        : farm_{farm}, session_{farm.session()}, services_{&here, &there} {
        thread_ = std::jthread{[this](std::stop_token const& stop) {
            while (!stop.stop_requested()) {
                order_where_few_wait();
                ::usleep(20'000);
            }
        }};
    }

    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;
    ~Client() = default;

    /// Orders no more. @returns the renders that were accepted
    [[nodiscard]] std::set<std::string> const& stop() {
        thread_ = {};
        return accepted_;
    }

  private:
    void order_where_few_wait() {
        auto const key = fmt::format("key-{}", accepted_.size());
        auto const& service = *services_.at(accepted_.size() % services_.size());
        try {
            if (farm_.get(service, "/v1/jobs?state=queued&limit=1")
                    .at("items")
                    .as_array()
                    .empty()) {
                accepted_.insert(farm_.order(service, session_, "cd", key));
            }
        } catch (Failure const&) { // the database is away
        }
    }

    Farm& farm_;
    std::string session_;
    std::array<FarmProcess const*, 2> services_;
    std::set<std::string> accepted_{};
    std::jthread thread_; ///< last: it uses all of the above
};

/// Those who are killed, and those who come after them.
class Crew {
  public:
    explicit Crew(Farm& farm) : farm_{farm} {
        for (auto& worker : workers_) {
            worker = farm_.worker();
        }
    }

    /// One of them at random, and another in its place. @returns whether it had a job
    bool kill_one(Dice& dice) {
        auto& victim = workers_.at(static_cast<std::size_t>(dice.number(0, kWorkers - 1)));
        auto const held = farm_.count(
            "SELECT count(*) AS count FROM job WHERE state='leased' AND owner='" + victim->name() +
            "'"
        );
        victim->kill();
        victim = farm_.worker();
        return held > 0;
    }

  private:
    Farm& farm_;
    std::array<std::unique_ptr<FarmProcess>, kWorkers> workers_;
};

/// An attempt that a kill cost is not the job's: it must not be set aside for it, nor wait for
/// minutes as what fails five times does.
void forgive(Farm& farm) {
    farm.database().query(
        "UPDATE job SET max_attempts=1000, run_after=0 WHERE state='queued' OR state='leased'"
    );
}

/// Each order that was accepted has ended well, and nothing else has.
void expect_a_result_for_each(Farm& farm, std::set<std::string> const& accepted) {
    std::set<std::string> done;
    for (auto const& row :
         farm.database().query("SELECT subject FROM job WHERE kind='render' AND state='succeeded'"
         )) {
        EXPECT_TRUE(done.insert(row.text("subject")).second) << "two jobs for one order";
    }
    EXPECT_TRUE(std::ranges::includes(done, accepted));
    farm.expect_one_result_each();
}

} // namespace

void kill_at_random(KillPlan const& plan) {
    PostgresCluster cluster{PostgresCluster::Durability::over_kills};
    Farm farm{cluster.url(), 3.0};
    write_session(farm.songs() / "song", plan.song_s);
    auto const here = farm.serve();
    auto const there = farm.serve();
    Crew crew{farm};
    auto const first = farm.submit(*here, "song");
    ASSERT_FALSE(first.empty());
    farm.database().query("UPDATE tenant SET max_running=100");
    auto const begun_ms = farm.now_ms();
    Client client{farm, *here, *there};
    Dice dice{40};
    int mid_job = 0;
    int database_kills = 0;
    for (int kill = 1; kill <= plan.kills; ++kill) {
        auto const pause_ms = dice.number(plan.pause_most_ms / 5, plan.pause_most_ms);
        ::usleep(static_cast<useconds_t>(pause_ms) * 1'000);
        mid_job += crew.kill_one(dice) ? 1 : 0;
        if (kill * plan.database_kills / plan.kills > database_kills) {
            cluster.kill();
            cluster.start();
            ++database_kills;
        }
        forgive(farm);
    }
    auto accepted = client.stop();
    accepted.insert(first);
    constexpr int kPatience_s = 120;
    ASSERT_TRUE(soon(
        [&] {
            forgive(farm);
            return farm.count(kWaiting) == 0;
        },
        kPatience_s
    ));
    expect_a_result_for_each(farm, accepted);
    auto const masters = farm.count(
        "SELECT count(DISTINCT digest) AS count FROM output WHERE name LIKE 'masters/cd/%.wav'"
    );
    EXPECT_EQ(masters, 1) << "killing changed the bytes";
    farm.expect_files_whole();
    EXPECT_EQ(database_kills, plan.database_kills);
    EXPECT_GT(mid_job, plan.kills / 4) << "most were killed while they had nothing to do";
    fmt::print(
        "killed {} workers, {} of them with a job, and {} times PostgreSQL; accepted {} renders, "
        "{} results of {} bytes, {} attempts, {} of them lost; {} s\n",
        plan.kills,
        mid_job,
        database_kills,
        accepted.size(),
        farm.count("SELECT count(*) AS count FROM output WHERE name='manifest.json'"),
        masters == 1 ? "the same" : "different",
        farm.count("SELECT count(*) AS count FROM attempt"),
        farm.count("SELECT count(*) AS count FROM attempt WHERE outcome='lost'"),
        (farm.now_ms() - begun_ms) / 1'000
    );
}

} // namespace stemlathe::test
