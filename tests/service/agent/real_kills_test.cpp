#include "service/blobs/file_calls.hpp"
#include "tests/service/agent/real_executor_fixture.hpp"
#include "tests/service/store/dice.hpp"

#include <poll.h>

#include <csignal>
#include <set>
#include <utility>

namespace stemlathe::test {

namespace {

constexpr int kKills = 200;
constexpr int kDevices = 2;
constexpr double kLongSong_s = 30.0;            ///< so that there is always somebody at work
constexpr std::int64_t kLongestLife_ms = 2'500; ///< longer than such a song takes

class RealKills : public RealExecutor {
  protected:
    RealKills() {
        add_song("ses_long", kLongSong_s);
    }

    /// So many jobs have not ended that each executor has one, and another waits.
    void keep_busy() {
        while (site.count("SELECT count(*) AS count FROM job WHERE state IN('queued','leased')") <=
               kDevices) {
            jobs.push_back(site.enqueue("ses_long", "render", 10'000));
        }
    }

    /// @returns whether it was alive; what it worked on is then broken off
    bool kill_one(service::Agent const& agent) {
        auto const processes = agent.executors();
        auto const process =
            processes[static_cast<std::size_t>(dice.number(0, std::ssize(processes) - 1))];
        return process > 0 && killed.insert(process).second && ::kill(process, SIGKILL) == 0;
    }

    /// What a reader finds at this moment: of each job nothing, or all of it.
    void expect_nothing_half() {
        EXPECT_EQ(
            site.count(
                "SELECT count(*) AS count FROM job j WHERE (j.state='succeeded') <> "
                "(EXISTS(SELECT 1 FROM output o WHERE o.job=j.id AND o.name='manifest.json'))"
            ),
            0
        );
        EXPECT_LE(
            site.count("SELECT count(*) AS count FROM (SELECT DISTINCT n FROM (SELECT count(*) "
                       "AS n FROM output GROUP BY job) AS sizes) AS kinds"),
            1
        );
    }

    void expect_every_byte() {
        std::set<std::pair<std::string, std::int64_t>> blobs;
        site.on_store([&](service::Database& database) {
            for (auto const& row : database.query("SELECT DISTINCT digest, bytes FROM output")) {
                blobs.emplace(row.text("digest"), row.integer("bytes"));
            }
        });
        for (auto const& [digest, bytes] : blobs) {
            auto const file = site.blobs().open(digest, bytes);
            EXPECT_EQ(service::digest_of(*file, digest).digest, digest);
        }
    }

    Dice dice{200};
    std::set<pid_t> killed{};
    std::vector<std::string> jobs{};
};

TEST_F(RealKills, TwoHundredExecutorsAndEveryJobHasOneResult) {
    auto settings = WorkSite::settings("real");
    settings.devices = {"cpu", "cpu"};
    auto agent = site.agent(settings);
    int kills = 0;
    while (kills < kKills) {
        keep_busy();
        ::poll(nullptr, 0, static_cast<int>(dice.number(20, kLongestLife_ms)));
        kills += kill_one(*agent) ? 1 : 0;
        expect_nothing_half();
        site.hurry();
    }
    for (auto const& job : jobs) {
        ASSERT_TRUE(ends(job));
        EXPECT_EQ(site.state(job), "succeeded");
    }
    agent->drain();
    agent.reset();
    expect_nothing_half();
    expect_every_byte();
    EXPECT_EQ(
        site.count("SELECT count(*) AS count FROM event WHERE type='render.succeeded'"),
        std::ssize(jobs)
    );
    EXPECT_EQ(site.count("SELECT count(*) AS count FROM event WHERE type='render.failed'"), 0);
    EXPECT_EQ(site.count("SELECT count(*) AS count FROM attempt WHERE ended IS NULL"), 0);
    EXPECT_EQ(
        site.count("SELECT count(*) AS count FROM attempt WHERE outcome='succeeded'"),
        std::ssize(jobs)
    );
    EXPECT_EQ(
        site.count("SELECT count(*) AS count FROM output o JOIN job j ON j.id=o.job "
                   "WHERE o.fence<>j.fence"),
        0
    );
    EXPECT_EQ(
        site.count("SELECT count(DISTINCT digest) AS count FROM output "
                   "WHERE name LIKE 'masters/%'"),
        4 // the master, qc.json, qc.pdf and streaming.md5
    ) << "killing changed the bytes";
    EXPECT_EQ(site.work_folders(), 0U);
    auto const broken = site.count("SELECT count(*) AS count FROM attempt WHERE outcome='broken'");
    EXPECT_GT(broken, kKills / 2) << "most were killed while they had nothing to do";
    RecordProperty("jobs", static_cast<int>(jobs.size()));
    RecordProperty("killed_in_mid_job", static_cast<int>(broken));
}

} // namespace

} // namespace stemlathe::test
