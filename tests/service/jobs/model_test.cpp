#include "service/jobs/job_queue.hpp"
#include "tests/service/store/test_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <ranges>
#include <set>
#include <string>
#include <vector>

/// Everything that two workers can do to one job, in every order: breadth first over the states of
/// the real queue, each reached again by its shortest path.
namespace stemlathe::service {

namespace {

using test::add_tenant;
using test::DatabaseNames;
using test::Databases;
using test::SqliteInMemory;

/// What a move can change and a later one can see, referring rows first.
constexpr std::array<std::string_view, 4> kTables{"output", "attempt", "job", "flow"};

/// A job that goes in circles is seen often enough by then; half of it where each statement is a
/// way to a server and back.
template <typename Store>
constexpr std::int64_t kFenceMax = std::is_same_v<Store, SqliteInMemory> ? 4 : 2;

enum class Step {
    claim,
    beat,
    complete,
    input,
    broken,
    shortage,
    release,
    cancelled,
    cancel,
    reap,
    wait
};

constexpr std::array kOfAWorker{
    Step::claim,
    Step::beat,
    Step::complete,
    Step::input,
    Step::broken,
    Step::shortage,
    Step::release,
    Step::cancelled};
constexpr std::array kOfTheHouse{Step::cancel, Step::reap, Step::wait};

struct Move {
    Step step = Step::wait;
    std::size_t worker = 0;
};

std::vector<Move> moves() {
    std::vector<Move> list;
    for (std::size_t worker : {0U, 1U}) {
        for (auto const step : kOfAWorker) {
            list.push_back({step, worker});
        }
    }
    for (auto const step : kOfTheHouse) {
        list.push_back({step, 0});
    }
    return list;
}

template <typename Store>
class OneJob {
  public:
    OneJob() {
        add_tenant(store_.database(), "anna");
        for (auto const table : kTables) {
            run("CREATE TEMP TABLE kept_{} AS SELECT * FROM {} WHERE 1 = 0", table);
        }
    }

    /// Remembers this state.
    void keep() {
        for (auto const table : kTables) {
            run("DELETE FROM kept_{}", table);
            run("INSERT INTO kept_{} SELECT * FROM {}", table);
        }
        kept_ = {.now_ms = store_.now_ms(), .leases = leases_, .ends = ends_};
    }

    /// To the state that was kept: the same as its path from the start, at a tenth of the work.
    void go_back() {
        for (auto const table : kTables) {
            run("DELETE FROM {}", table);
        }
        for (auto const table : kTables | std::views::reverse) {
            run("INSERT INTO {} SELECT * FROM kept_{}", table);
        }
        store_.advance(kept_.now_ms - store_.now_ms());
        leases_ = kept_.leases;
        ends_ = kept_.ends;
    }

    void start_over() {
        for (auto const* table : {"output", "attempt", "job", "flow", "event", "blob"}) {
            store_.database().query(std::string{"DELETE FROM "} + table);
        }
        leases_ = {};
        ends_ = 0;
        Transaction transaction{store_.database()};
        job_ = queue_.enqueue({.tenant = "anna", .spec = "{}", .cost_ms = 1, .attempts_max = 2});
        transaction.commit();
    }

    void go(std::vector<Move> const& path) {
        start_over();
        for (auto const& step : path) {
            move(step);
        }
    }

    /// Makes a move and checks what it may do.
    void move(Move const& move) {
        auto const before = row();
        auto const& lease = leases_[move.worker];
        bool const is_his = lease && before.state == "leased" && before.fence == lease->fence;
        bool const is_over = ends_ > 0;
        bool const is_taken = make(move);
        auto const after = row();
        if (move.step >= Step::beat && move.step <= Step::release) {
            ASSERT_EQ(is_taken, is_his);
        }
        if (move.step == Step::cancelled) {
            ASSERT_EQ(is_taken, is_his && before.cancel != 0);
        }
        ASSERT_GE(after.fence, before.fence);
        ASSERT_LE(ends_, 1);
        ASSERT_EQ(ends_ == 1, after.state != "queued" && after.state != "leased");
        if (is_over) {
            ASSERT_EQ(after.state, before.state);
            ASSERT_EQ(after.fence, before.fence);
        }
        auto const outputs = store_.database().query("SELECT fence FROM output");
        ASSERT_EQ(outputs.size(), after.state == "succeeded" ? 1U : 0U);
    }

    /// All that decides what can happen next.
    std::string state() {
        auto const now = row();
        std::string text = now.state + " " + std::to_string(now.fence) + " " +
                           std::to_string(now.attempt) + " " + std::to_string(now.shortages) + " " +
                           std::to_string(now.cancel) + (now.is_due ? " due" : "");
        for (auto const& lease : leases_) {
            text += lease ? " " + std::to_string(lease->fence) : " -";
        }
        return text;
    }

    bool is_over() const {
        return ends_ > 0;
    }

    std::int64_t fence() {
        return row().fence;
    }

  private:
    struct Kept {
        std::int64_t now_ms = 0;
        std::array<std::optional<Lease>, 2> leases{};
        int ends = 0;
    };

    /// A statement with the table's name in each {}.
    void run(std::string sql, std::string_view table) {
        for (auto at = sql.find("{}"); at != std::string::npos; at = sql.find("{}")) {
            sql.replace(at, 2, table);
        }
        store_.database().query(sql);
    }

    struct JobRow {
        std::string state;
        std::int64_t fence;
        std::int64_t attempt;
        std::int64_t shortages;
        std::int64_t cancel;
        bool is_due; ///< its lease has run out, or its wait is over
    };

    JobRow row() {
        auto const found = store_.database().query(
            "SELECT state, fence, attempt, shortages, cancel_req, CASE WHEN state = 'leased'"
            " THEN lease_until < now_ms() ELSE run_after <= now_ms() END AS due FROM job"
        );
        auto const& values = found.front();
        return {
            values.text("state"),
            values.integer("fence"),
            values.integer("attempt"),
            values.integer("shortages"),
            values.integer("cancel_req"),
            values.integer("due") != 0};
    }

    bool make(Move const& move) {
        auto& lease = leases_[move.worker];
        if (move.step == Step::cancel) {
            return queue_.cancel(job_);
        }
        if (move.step == Step::reap) {
            return queue_.reap() > 0;
        }
        if (move.step == Step::wait) {
            store_.advance(200'000); // longer than a lease and every backoff
            return true;
        }
        if (move.step == Step::claim) {
            auto claimed =
                queue_.claim({.owner = std::to_string(move.worker), .kinds = {"render"}});
            lease = claimed ? claimed : lease;
            return claimed.has_value();
        }
        return lease && report(move.step, *lease);
    }

    bool report(Step step, Lease const& lease) {
        switch (step) {
        case Step::beat:
            return queue_.heartbeat(lease, 30'000, 50, "mix").has_value();
        case Step::complete:
            return queue_.complete(
                lease,
                {{.name = "a", .blob = {.digest = std::string(64, 'a'), .bytes = 1, .crc32 = 1}}},
                "{}"
            );
        case Step::input:
            return queue_.fail(lease, Outcome::input, "unreadable", "words");
        case Step::broken:
            return queue_.fail(lease, Outcome::broken, "device_lost", "words");
        case Step::shortage:
            return queue_.fail(lease, Outcome::shortage, "out_of_memory", "words");
        case Step::release:
            return queue_.release(lease);
        default:
            return queue_.cancelled(lease);
        }
    }

    Store store_;
    std::string job_;
    std::array<std::optional<Lease>, 2> leases_{};
    int ends_ = 0;
    Kept kept_{};
    JobQueue queue_{store_.database(), {}, [this](Database&, JobEnd const&) {
                        ++ends_;
                    }};
};

/// Whether every state has a way to one in `goals`.
bool all_lead_to(
    std::map<std::string, std::set<std::string>> const& before,
    std::set<std::string> goals,
    std::size_t count
) {
    std::deque<std::string> open{goals.begin(), goals.end()};
    while (!open.empty()) {
        auto const state = open.front();
        open.pop_front();
        auto const found = before.find(state);
        for (auto const& earlier :
             found == before.end() ? std::set<std::string>{} : found->second) {
            if (goals.insert(earlier).second) {
                open.push_back(earlier);
            }
        }
    }
    return goals.size() == count;
}

template <typename Store>
class Model : public ::testing::Test {};

TYPED_TEST_SUITE(Model, Databases, DatabaseNames);

TYPED_TEST(Model, HoldsInEveryStateThatTwoWorkersCanReach) {
    OneJob<TypeParam> world;
    if (this->IsSkipped()) {
        return;
    }
    world.start_over();
    std::map<std::string, std::vector<Move>> paths{{world.state(), {}}};
    std::map<std::string, std::set<std::string>> before;
    std::set<std::string> over;
    std::deque<std::string> open{world.state()};
    while (!open.empty()) {
        auto const state = open.front();
        open.pop_front();
        world.go(paths.at(state));
        world.keep();
        for (auto const& next : moves()) {
            if (world.state() != state) { // else the move before changed nothing
                world.go_back();
            }
            ASSERT_EQ(world.state(), state);
            world.move(next);
            ASSERT_FALSE(this->HasFatalFailure())
                << state << ", then " << static_cast<int>(next.step) << " by " << next.worker;
            auto const reached = world.state();
            before[reached].insert(state);
            auto path = paths.at(state);
            path.push_back(next);
            if (paths.emplace(reached, path).second) {
                if (world.is_over() || world.fence() > kFenceMax<TypeParam>) {
                    over.insert(reached);
                } else {
                    open.push_back(reached);
                }
            }
        }
    }
    EXPECT_TRUE(all_lead_to(before, over, paths.size()));
    // It is the queue that was explored, not one corner of it.
    EXPECT_GT(paths.size(), 50U * static_cast<std::size_t>(kFenceMax<TypeParam>));
    this->RecordProperty("states", static_cast<int>(paths.size()));
}

} // namespace

} // namespace stemlathe::service
