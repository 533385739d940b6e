#include "service/blobs/local_blob_store.hpp"
#include "service/jobs/job_queue.hpp"
#include "service/store/migrate.hpp"
#include "service/store/postgres/postgres_database.hpp"
#include "service/store/sqlite/sqlite_database.hpp"
#include "tests/support/temp_folder.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

/// Whole lives of jobs on a real disk, every commit synced: queued, claimed, heard of twice, done.
/// TMPDIR says which disk; STEMLATHE_BENCH_STORE names an empty PostgreSQL to measure instead.
namespace stemlathe::service {

namespace {

std::unique_ptr<Database> opened(std::filesystem::path const& folder) {
    auto const* const url = std::getenv("STEMLATHE_BENCH_STORE"); // NOLINT(concurrency-mt-unsafe)
    if (url != nullptr) {
        return std::make_unique<PostgresDatabase>(url);
    }
    return std::make_unique<SqliteDatabase>(SqliteOptions{.file = folder / "stemlathe.db"});
}

class Queue {
  public:
    Queue() {
        migrate(database);
        database.run_script("DELETE FROM output; DELETE FROM attempt; DELETE FROM job;"
                            "DELETE FROM flow; DELETE FROM tenant;"
                            "INSERT INTO tenant(id, name, max_queued, quota_bytes, created)"
                            " VALUES('anna', 'Anna', 1000000, 0, 0)");
    }

    void enqueue(std::int64_t count) {
        Transaction transaction{database};
        for (std::int64_t i = 0; i < count; ++i) {
            static_cast<void>(queue.enqueue({.tenant = "anna", .spec = "{}", .cost_ms = 1'000}));
        }
        transaction.commit();
    }

    void run_one(std::vector<Output> const& outputs) {
        auto const lease = queue.claim({.owner = "w", .kinds = {"render"}});
        static_cast<void>(queue.heartbeat(*lease, 30'000, 30, "mix"));
        static_cast<void>(queue.heartbeat(*lease, 30'000, 60, "mix"));
        static_cast<void>(queue.complete(*lease, outputs, "{}"));
    }

    test::TempFolder folder{};
    std::unique_ptr<Database> store = opened(folder.path());
    Database& database = *store;
    LocalBlobStore blobs{folder.path()};
    JobQueue queue{database, {.queued_cost_ms_max = std::int64_t{1} << 50U}};
};

/// Argument: jobs that wait already.
void run_jobs(benchmark::State& state) {
    Queue queue;
    queue.enqueue(state.range(0));
    for (auto _ : state) {
        queue.enqueue(1);
        queue.run_one({});
    }
    state.SetItemsProcessed(state.iterations());
}

/// An idle worker's look. Argument: jobs that wait, all for another engine that is heard of.
void look_past_another_engine(benchmark::State& state) {
    Queue queue;
    queue.enqueue(state.range(0));
    queue.database.run_script("DELETE FROM engine_seen; UPDATE job SET engine = 2;"
                              "INSERT INTO engine_seen VALUES(2, now_ms() + 3600000)");
    for (auto _ : state) {
        if (queue.queue.claim({.owner = "w", .kinds = {"render"}})) {
            state.SkipWithError("a job of another engine was given away");
        }
    }
}

/// Argument: bytes of the one file that each job makes.
void run_jobs_with_output(benchmark::State& state) {
    Queue queue;
    std::string content(static_cast<std::size_t>(state.range(0)), 'x');
    std::int64_t job = 0;
    for (auto _ : state) {
        queue.enqueue(1);
        content.replace(0, 20, std::to_string(++job) + "....................", 0, 20);
        test::write_file(queue.blobs.workshop() / "mix", content);
        queue.run_one({{.name = "mix", .blob = queue.blobs.publish(queue.blobs.workshop() / "mix")}}
        );
    }
    state.SetItemsProcessed(state.iterations());
}

constexpr std::int64_t kWaiting = 10'000;

/// What idle seats ask every second while one client has ten thousand jobs waiting.
/// Argument: 0: for kinds of which nothing waits; 1: for a card on which none of them fits.
void find_nothing(benchmark::State& state) {
    Queue queue;
    queue.enqueue(kWaiting);
    queue.database.run_script("UPDATE job SET gpu_mb = 4000");
    bool const is_for_card = state.range(0) == 1;
    Claimant const claimant{
        .owner = "w",
        .kinds = {is_for_card ? "render" : "probe"},
        .has_gpu = is_for_card,
        .gpu_mb = 3'999};
    for (auto _ : state) {
        if (queue.queue.claim(claimant)) {
            state.SkipWithError("there was something");
        }
    }
}

/// As in `find_nothing`; what `GET /v1/jobs?state=running` asks.
void list_running(benchmark::State& state) {
    Queue queue;
    queue.enqueue(kWaiting);
    static_cast<void>(queue.queue.claim({.owner = "w", .kinds = {"render"}}));
    for (auto _ : state) {
        benchmark::DoNotOptimize(queue.queue.list({.states = {"leased"}, .rows_max = 100}));
    }
}

BENCHMARK(find_nothing)->Arg(0)->Arg(1)->UseRealTime();
BENCHMARK(list_running)->UseRealTime();
BENCHMARK(run_jobs)->Arg(0)->Arg(10'000)->UseRealTime();
BENCHMARK(look_past_another_engine)->Arg(10'000)->UseRealTime();
BENCHMARK(run_jobs_with_output)->Arg(1 << 20)->Arg(64 << 20)->UseRealTime();

} // namespace

} // namespace stemlathe::service
