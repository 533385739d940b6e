#include "kernels/base/failure.hpp"
#include "service/jobs/job_queue.hpp"
#include "tests/service/store/dice.hpp"
#include "tests/service/store/test_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

/// A house in small, one thread, one seed: clients that queue and take back, workers that pause,
/// crash and come back as zombies with a lease they lost, engines that come and go, a clock that
/// jumps. What the queue
/// answers is held against a model that knows nothing of SQL.
namespace stemlathe::service {

namespace {

using test::add_tenant;
using test::DatabaseNames;
using test::Databases;
using test::Dice;
using test::SqliteInMemory;

constexpr std::int64_t kLease_ms = 30'000;
constexpr std::int64_t kAttempts = 3;
constexpr std::int64_t kEngineWait_ms = 60'000;

/// What the model knows of a job.
struct Known {
    std::string state = "queued";
    std::int64_t fence = 0;
    std::int64_t lease_until = 0;
    bool is_cancel_asked = false;
    int ends = 0;
    std::optional<std::int64_t> engine = std::nullopt; ///< that it wants
};

template <typename Store>
class World {
  public:
    World(Store& store, std::uint64_t seed)
        : store_(store),
          dice_(seed),
          queue_(
              store.database(),
              {.queued_cost_ms_max = std::int64_t{1} << 50U, .seed = seed},
              [this](Database&, JobEnd const& end) { hear_of(end); }
          ) {
        for (auto const* table :
             {"output", "attempt", "job", "flow", "event", "blob", "engine_seen"}) {
            store_.database().query(std::string{"DELETE FROM "} + table);
        }
    }

    void run(int steps) {
        for (int i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) {
            store_.advance(
                dice_.one_in(12) ? dice_.number(20'000, 90'000) : dice_.number(0, 3'000)
            );
            switch (dice_.number(0, 9)) {
            case 0:
            case 1:
                enqueue();
                break;
            case 2:
                cancel();
                break;
            case 3:
                reap();
                if (dice_.one_in(2)) {
                    hear_of_engine(dice_.number(1, 2));
                }
                break;
            default:
                work(leases_[static_cast<std::size_t>(dice_.number(0, 2))]);
            }
        }
    }

    /// Everybody behaves from now on: all jobs must end, in a time that their number bounds.
    void settle() {
        auto const is_over = [](auto const& job) {
            return job.second.ends > 0;
        };
        std::size_t const rounds_max = 40 * (jobs_.size() + 1);
        for (std::size_t i = 0; i < rounds_max && !std::ranges::all_of(jobs_, is_over); ++i) {
            store_.advance(130'000); // longer than any lease and backoff
            reap();
            while (auto const lease = claim()) {
                complete(*lease);
            }
        }
        for (auto const& [job, known] : jobs_) {
            ASSERT_EQ(known.ends, 1) << job << " is " << known.state;
        }
        check();
    }

    /// What the database says against what the model knows.
    void check() {
        auto& database = store_.database();
        for (auto const& row : database.query("SELECT id, state, fence FROM job")) {
            auto const& known = jobs_.at(row.text("id"));
            ASSERT_EQ(row.text("state"), known.state);
            ASSERT_EQ(row.integer("fence"), known.fence);
        }
        auto const wrong_outputs =
            database.query("SELECT o.job FROM output o JOIN job j ON j.id = o.job"
                           " WHERE j.state <> 'succeeded' OR o.fence <> j.fence");
        ASSERT_TRUE(wrong_outputs.empty());
        auto const without =
            database.query("SELECT id FROM job WHERE state = 'succeeded' AND"
                           " (SELECT count(*) FROM output WHERE job = job.id) <> 1");
        ASSERT_TRUE(without.empty());
        auto const miscounted = database.query(
            "SELECT f.tenant FROM flow f WHERE (f.waiting, f.waiting_cost) <>"
            " (SELECT count(*), COALESCE(sum(cost), 0) FROM job j WHERE j.tenant = f.tenant"
            "  AND j.class = f.class AND j.state = 'queued')"
        );
        ASSERT_TRUE(miscounted.empty());
        auto const open_attempts =
            database.query("SELECT a.job FROM attempt a JOIN job j ON j.id = a.job"
                           " WHERE (a.ended IS NULL) <> (j.state = 'leased' AND j.fence = a.fence)"
            );
        ASSERT_TRUE(open_attempts.empty());
    }

  private:
    void hear_of(JobEnd const& end) {
        auto& known = jobs_.at(end.job);
        ++known.ends;
        known.state = end.state;
    }

    void enqueue() {
        if (jobs_.size() >= 8) {
            return;
        }
        std::array const tenants{"anna", "bert"};
        std::array const classes{"preview", "normal", "bulk"};
        auto const wanted = dice_.number(0, 2);
        auto const engine = wanted == 0 ? std::nullopt : std::optional{wanted};
        Transaction transaction{store_.database()};
        auto const id = queue_.enqueue(
            {.tenant = tenants[static_cast<std::size_t>(dice_.number(0, 1))],
             .klass = classes[static_cast<std::size_t>(dice_.number(0, 2))],
             .spec = "{}",
             .cost_ms = dice_.number(0, 60'000),
             .engine = engine,
             .attempts_max = kAttempts}
        );
        transaction.commit();
        jobs_.emplace(id, Known{.engine = engine});
    }

    void cancel() {
        if (jobs_.empty()) {
            return;
        }
        auto known =
            std::next(jobs_.begin(), dice_.number(0, static_cast<std::int64_t>(jobs_.size()) - 1));
        auto const before = known->second.state;
        bool const is_taken = queue_.cancel(known->first);
        ASSERT_EQ(is_taken, before == "queued" || before == "leased" || before == "canceled");
        known->second.is_cancel_asked = known->second.is_cancel_asked || before == "leased";
    }

    void reap() {
        std::int64_t expired = 0;
        for (auto& [job, known] : jobs_) {
            if (known.state == "leased" && known.lease_until < store_.now_ms()) {
                ++expired;
                known.state = "queued"; // unless the end says otherwise
            }
        }
        ASSERT_EQ(queue_.reap(), expired);
    }

    void hear_of_engine(std::int64_t engine) {
        heard_[engine] = store_.now_ms();
        store_.database().query("DELETE FROM engine_seen WHERE generation = $1", {engine});
        store_.database().query("INSERT INTO engine_seen VALUES($1, now_ms())", {engine});
    }

    /// Whether a job is for that engine, or for one that nobody has any more.
    bool may_make(std::int64_t engine, std::string const& job) const {
        auto const wanted = jobs_.at(job).engine.value_or(engine);
        auto const heard = heard_.find(wanted);
        return wanted == engine || heard == heard_.end() ||
               heard->second <= store_.now_ms() - kEngineWait_ms;
    }

    std::optional<Lease> claim() {
        auto const engine = dice_.number(1, 2);
        std::string first;
        for (auto const& row : store_.database().query(
                 "SELECT id FROM job WHERE state = 'queued' AND run_after <= now_ms()"
                 " ORDER BY vstart, class DESC, vfinish, id"
             )) {
            if (first.empty() && may_make(engine, row.text("id"))) {
                first = row.text("id");
            }
        }
        auto const lease = queue_.claim(
            {.owner = "w",
             .kinds = {"render"},
             .engine = engine,
             .engine_wait_ms = kEngineWait_ms,
             .lease_ms = kLease_ms}
        );
        EXPECT_EQ(lease.has_value(), !first.empty());
        if (lease) {
            auto& known = jobs_.at(lease->job);
            EXPECT_EQ(lease->job, first); // nobody is passed over
            EXPECT_EQ(known.state, "queued");
            EXPECT_GT(lease->fence, known.fence);
            EXPECT_LE(lease->attempt, kAttempts);
            known.state = "leased";
            known.fence = lease->fence;
            known.lease_until = store_.now_ms() + kLease_ms;
        }
        return lease;
    }

    bool holds(Lease const& lease) const {
        auto const& known = jobs_.at(lease.job);
        return known.state == "leased" && known.fence == lease.fence;
    }

    void complete(Lease const& lease) {
        bool const is_his = holds(lease);
        auto const digest = std::string(63, 'a') + static_cast<char>('0' + lease.fence % 10);
        bool const is_taken = queue_.complete(
            lease, {{.name = "mix.wav", .blob = {.digest = digest, .bytes = 1, .crc32 = 1}}}, "{}"
        );
        ASSERT_EQ(is_taken, is_his);
    }

    void fail(Lease const& lease, Outcome outcome) {
        auto& known = jobs_.at(lease.job);
        bool const is_his = holds(lease);
        if (is_his) {
            known.state = "queued";
        }
        ASSERT_EQ(queue_.fail(lease, outcome, "device_lost", "words"), is_his);
    }

    void work(std::vector<Lease>& leases) {
        if (leases.empty() || dice_.one_in(10)) { // one that crashed forgot, but its zombie has not
            if (auto const lease = claim()) {
                leases.push_back(*lease);
            }
            return;
        }
        auto const which =
            leases.begin() + dice_.number(0, static_cast<std::int64_t>(leases.size()) - 1);
        auto const lease = *which;
        auto& known = jobs_.at(lease.job);
        bool const is_his = holds(lease);
        auto const what = dice_.number(0, 9);
        if (what <= 4) {
            auto const kept = queue_.heartbeat(lease, kLease_ms, dice_.number(0, 100), "mix");
            ASSERT_EQ(kept.has_value(), is_his);
            if (kept) {
                ASSERT_EQ(*kept, known.is_cancel_asked);
                known.lease_until = store_.now_ms() + kLease_ms;
            }
        } else if (what == 5) {
            complete(lease);
        } else if (what == 6) {
            fail(lease, static_cast<Outcome>(dice_.number(0, 2)));
        } else if (what == 7) {
            if (is_his) {
                known.state = "queued";
            }
            ASSERT_EQ(queue_.release(lease), is_his);
        } else if (what == 8) {
            ASSERT_EQ(queue_.cancelled(lease), is_his && known.is_cancel_asked);
        } else {
            leases.erase(which);
        }
    }

    Store& store_;
    Dice dice_;
    std::map<std::string, Known> jobs_;
    std::map<std::int64_t, std::int64_t> heard_; ///< of engines, when last
    std::array<std::vector<Lease>, 3> leases_;
    JobQueue queue_;
};

/// STEMLATHE_SEEDS=first:count runs others; ctest runs five hundred, or ten where each statement is
/// a way to a server and back, and ten thousand under the label `long`.
template <typename Store>
std::pair<std::uint64_t, std::uint64_t> seeds() {
    char const* const order = std::getenv("STEMLATHE_SEEDS");
    constexpr bool kIsNear = std::is_same_v<Store, SqliteInMemory>;
    std::string const text{order != nullptr ? order : kIsNear ? "1:500" : "1:10"};
    return {std::stoull(text), std::stoull(text.substr(text.find(':') + 1))};
}

template <typename Store>
class Simulation : public ::testing::Test {};

TYPED_TEST_SUITE(Simulation, Databases, DatabaseNames);

TYPED_TEST(Simulation, GivesEveryJobExactlyOneEnd) {
    TypeParam store;
    if (this->IsSkipped()) {
        return;
    }
    add_tenant(store.database(), "anna");
    add_tenant(store.database(), "bert", 300);
    auto const [first, count] = seeds<TypeParam>();
    for (auto seed = first; seed < first + count; ++seed) {
        SCOPED_TRACE("STEMLATHE_SEEDS=" + std::to_string(seed) + ":1");
        World<TypeParam> world{store, seed};
        world.run(60);
        world.check();
        world.settle();
        if (this->HasFailure()) {
            return;
        }
    }
}

} // namespace

} // namespace stemlathe::service
