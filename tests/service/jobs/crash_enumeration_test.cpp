#include "formats/checksum.hpp"
#include "service/blobs/garbage.hpp"
#include "service/blobs/local_blob_store.hpp"
#include "service/jobs/job_queue.hpp"
#include "service/store/crash_point.hpp"
#include "service/store/events.hpp"
#include "tests/service/store/test_database.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

/// At every crash point, a child dies in the middle of a day's work; then the house is opened again
/// and must hold what the child was told was done, and be able to go on.
namespace stemlathe::service {

namespace {

using test::add_tenant;
using test::TempFolder;
using test::use_memory_as_disk;
using test::write_file;

std::int64_t clock_ms = 1'800'000'000'000;

/// A house in a folder, as the service opens it. What a job's end brings with it is an event.
class House {
  public:
    explicit House(std::filesystem::path const& folder)
        : database(
              {.file = folder / "stemlathe.db",
               .clock_ms =
                   [] {
                       return clock_ms;
                   }}
          ),
          blobs(folder) {
        migrate(database);
    }

    std::string enqueue() {
        Transaction transaction{database};
        auto id = queue.enqueue({.tenant = "anna", .spec = "{}", .cost_ms = 1'000});
        transaction.commit();
        return id;
    }

    std::optional<Lease> claim() {
        return queue.claim({.owner = "w", .kinds = {"render"}});
    }

    /// Renders: the job's own bytes, and some that every job makes.
    bool render(Lease const& lease) {
        write_file(blobs.workshop() / "own", lease.job);
        write_file(blobs.workshop() / "same", "the same for all");
        auto const own = blobs.publish(blobs.workshop() / "own");
        auto const same = blobs.publish(blobs.workshop() / "same");
        return queue.complete(
            lease, {{.name = "own", .blob = own}, {.name = "same", .blob = same}}, "{}"
        );
    }

    void publish_garbage() {
        write_file(blobs.workshop() / "waste", "nobody wants it");
        auto const blob = blobs.publish(blobs.workshop() / "waste");
        database.query(
            "INSERT INTO blob VALUES($1, $2, 0, 'live', 0) ON CONFLICT(digest) DO NOTHING",
            {blob.digest, blob.bytes}
        );
    }

    std::int64_t collect() {
        return collect_garbage(
            [&](auto const& work) { work(database); },
            blobs,
            {.unreferenced = std::chrono::milliseconds{0}}
        );
    }

    SqliteDatabase database;
    LocalBlobStore blobs;
    JobQueue queue{
        database, {}, [](Database& inside, JobEnd const& end) {
            append_event(
                inside,
                {.tenant = end.tenant, .type = "job.end", .subject = end.job, .data = end.state}
            );
        }};
};

/// The day's work, past every crash point. What it was told was done goes to `told` at once.
void work(std::filesystem::path const& folder, std::filesystem::path const& told_path) {
    House house{folder};
    std::ofstream told{told_path};
    auto const tell = [&](std::string const& job, std::string_view state) {
        told << job << ' ' << state << std::endl;
    };
    auto const done = house.enqueue();
    tell(done, "queued");
    auto lease = house.claim();
    static_cast<void>(house.queue.heartbeat(*lease, 30'000, 40, "mix"));
    house.render(*lease);
    tell(done, "succeeded");
    auto const second = house.enqueue();
    tell(second, "queued");
    lease = house.claim();
    house.queue.release(*lease);
    house.render(*house.claim()); // its blob "same" is there
    tell(second, "succeeded");
    auto const unreadable = house.enqueue();
    static_cast<void>(house.queue.fail(*house.claim(), Outcome::input, "unreadable", "words"));
    tell(unreadable, "failed");
    auto const unwanted = house.enqueue();
    static_cast<void>(house.queue.cancel(unwanted));
    tell(unwanted, "canceled");
    auto const stopped = house.enqueue();
    lease = house.claim();
    static_cast<void>(house.queue.cancel(stopped));
    house.queue.cancelled(*lease);
    tell(stopped, "canceled");
    auto const lost = house.enqueue();
    tell(lost, "queued");
    static_cast<void>(house.claim());
    clock_ms += 60'000;
    house.queue.reap();
    house.publish_garbage();
    house.collect();
    {
        Transaction transaction{house.database}; // more than the log may hold: it is written back
        house.database.query(
            "UPDATE job SET result = $2 WHERE id = $1", {unreadable, std::string(5'000'000, 'r')}
        );
        transaction.commit();
    }
}

std::map<std::string, std::string> read_told(std::filesystem::path const& path) {
    std::map<std::string, std::string> told;
    std::ifstream file{path};
    std::string job;
    std::string state;
    while (file >> job >> state) {
        told[job] = state;
    }
    return told;
}

void expect_whole(House& house) {
    for (auto const& row : house.database.query(
             "SELECT o.digest, o.bytes, b.state FROM output o JOIN blob b ON b.digest = o.digest"
         )) {
        EXPECT_EQ(row.text("state"), "live");
        EXPECT_NO_THROW(static_cast<void>(house.blobs.open(row.text("digest"), row.integer("bytes"))
        ));
    }
    for (auto const& row : house.database.query(
             "SELECT j.id, j.state, (SELECT count(*) FROM output o WHERE o.job = j.id) AS outputs,"
             " (SELECT count(*) FROM event e WHERE e.subject = j.id AND e.type = 'job.end') AS ends"
             " FROM job j"
         )) {
        auto const& state = row.text("state");
        EXPECT_EQ(row.integer("outputs"), state == "succeeded" ? 2 : 0) << state;
        EXPECT_EQ(row.integer("ends"), state == "queued" || state == "leased" ? 0 : 1) << state;
    }
    auto const miscounted = house.database.query(
        "SELECT 1 AS one FROM flow f WHERE waiting <> (SELECT count(*) FROM job j"
        " WHERE j.tenant = f.tenant AND j.class = f.class AND j.state = 'queued')"
    );
    EXPECT_TRUE(miscounted.empty());
}

void expect_kept(House& house, std::map<std::string, std::string> const& told) {
    for (auto const& [job, state] : told) {
        auto const found = house.queue.find(job);
        ASSERT_TRUE(found) << job;
        if (state != "queued") { // from there it may have gone on before the crash
            EXPECT_EQ(found->state, state) << job;
        }
    }
}

void go_on(House& house, std::filesystem::path const& folder) {
    for (int i = 0; i < 10; ++i) {
        clock_ms += 200'000;
        house.queue.reap();
        while (auto const lease = house.claim()) {
            EXPECT_TRUE(house.render(*lease));
        }
    }
    auto const open = house.database.query("SELECT id FROM job WHERE state IN('queued', 'leased')");
    EXPECT_TRUE(open.empty());
    while (house.collect() > 0) {
    }
    remove_unknown_blobs(
        [&](auto const& work) { work(house.database); },
        house.blobs,
        {.unreferenced = std::chrono::milliseconds{0}}
    );
    EXPECT_TRUE(house.database.query("SELECT 1 AS one FROM blob WHERE state <> 'live'").empty());
    std::set<std::string> files;
    for (auto const& entry : std::filesystem::recursive_directory_iterator{folder / "cas"}) {
        if (entry.is_regular_file()) {
            files.insert(entry.path().filename().string());
            EXPECT_EQ(sha256_of_file(entry.path()), entry.path().filename().string());
        }
    }
    std::set<std::string> rows;
    for (auto const& row : house.database.query("SELECT digest FROM blob")) {
        rows.insert(row.text("digest"));
    }
    EXPECT_EQ(files, rows); // nothing missing, nothing left over
    expect_whole(house);
}

/// @returns whether the child came by that place so often
bool crash_at(std::string const& order) {
    TempFolder const folder;
    write_file(folder / "told", "");
    {
        House house{folder.path()};
        add_tenant(house.database, "anna");
    }
    pid_t const child = ::fork();
    if (child == 0) {
        arm_crash_point(order);
        work(folder.path(), folder / "told");
        ::_exit(0);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    clock_ms += 100'000;
    House house{folder.path()};
    expect_whole(house);
    expect_kept(house, read_told(folder / "told"));
    go_on(house, folder.path());
    EXPECT_TRUE(WEXITSTATUS(status) == kCrashStatus || WEXITSTATUS(status) == 0);
    return WEXITSTATUS(status) == kCrashStatus;
}

/// No power is cut here, so what memory holds is as good as a disk, and quicker.
class Crash : public ::testing::TestWithParam<CrashSite> {
  protected:
    Crash() {
        use_memory_as_disk();
    }
};

TEST_P(Crash, LosesNothingThatWasToldAndGoesOn) {
    auto const site = std::string{name_of(GetParam())};
    EXPECT_TRUE(crash_at(site + ":1")) << "the work does not come by";
    for (int nth = 2; nth < 30 && crash_at(site + ":" + std::to_string(nth)); ++nth) {
    }
}

std::string site_name(::testing::TestParamInfo<CrashSite> const& info) {
    return std::string{name_of(info.param)};
}

/// Those of the store and the queue; uploads_test and webhooks_test die at their own.
std::vector<CrashSite> sites() {
    std::vector<CrashSite> sites;
    std::ranges::copy_if(crash_sites(), std::back_inserter(sites), [](CrashSite site) {
        return !name_of(site).starts_with("upload_") && !name_of(site).starts_with("webhook_");
    });
    return sites;
}

INSTANTIATE_TEST_SUITE_P(Each, Crash, ::testing::ValuesIn(sites()), site_name);

} // namespace

} // namespace stemlathe::service
