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

BENCHMARK(run_jobs)->Arg(0)->Arg(10'000)->UseRealTime();
BENCHMARK(run_jobs_with_output)->Arg(1 << 20)->Arg(64 << 20)->UseRealTime();

} // namespace

} // namespace stemlathe::service
