#include "service/store/crash_point.hpp"
#include "tests/service/agent/work_site.hpp"
#include "tests/service/store/test_database.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stemlathe::test {

namespace {

constexpr int kNotOver = 3;

/// A worker that dies where `order` says, over the two jobs of a site. Ends its process.
[[noreturn]] void work_and_crash(std::filesystem::path const& folder, std::string const& order) {
    int status = kNotOver;
    {
        WorkSite site{folder};
        service::arm_crash_point(order);
        auto const agent = site.agent(WorkSite::settings("honest"));
        auto const is_over = [&] {
            return site.count("SELECT count(*) AS count FROM job WHERE state<>'succeeded'") == 0;
        };
        status = comes_true(is_over) ? 0 : kNotOver;
        service::arm_crash_point("");
    }
    ::_exit(status);
}

int status_of_crash(std::filesystem::path const& folder, std::string const& order) {
    auto const child = ::fork();
    if (child == 0) {
        work_and_crash(folder, order);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::vector<std::string> prepare(std::filesystem::path const& folder) {
    WorkSite site{folder};
    write_file(folder / "01_Drums.wav", "not audio, and nobody looks");
    site.add_session("ses_1", {folder / "01_Drums.wav"});
    return {site.enqueue("ses_1"), site.enqueue("ses_1")};
}

void finish(std::filesystem::path const& folder, std::vector<std::string> const& jobs) {
    WorkSite site{folder};
    site.let_leases_run_out(); // of the dead, as time would
    auto const agent = site.agent(WorkSite::settings("honest"));
    EXPECT_TRUE(comes_true([&] {
        site.hurry();
        return site.count("SELECT count(*) AS count FROM job WHERE state<>'succeeded'") == 0;
    }));
    agent->drain();
    EXPECT_EQ(
        site.count("SELECT count(*) AS count FROM event WHERE type='render.succeeded'"),
        std::ssize(jobs)
    );
    for (auto const& job : jobs) {
        EXPECT_EQ(
            site.outputs(job),
            (std::vector<std::string>{"manifest.json", "report.html", "report.json"})
        );
    }
}

TEST(CrashPoints, AWorkerMayDieAtEachOfThemAndEveryJobHasOneResult) {
    use_memory_as_disk();
    int crashes = 0;
    for (auto const site : service::crash_sites()) {
        auto const name = service::name_of(site);
        if (name.starts_with("upload_") || name.starts_with("webhook_")) {
            continue; // uploads_test and webhooks_test die there
        }
        for (auto const* const time : {":1", ":2"}) {
            auto const order = std::string{name} + time;
            SCOPED_TRACE(order);
            TempFolder const temp;
            auto const jobs = prepare(temp.path());
            auto const status = status_of_crash(temp.path(), order);
            ASSERT_TRUE(status == 0 || status == service::kCrashStatus) << status;
            crashes += status == service::kCrashStatus ? 1 : 0;
            finish(temp.path(), jobs);
        }
    }
    EXPECT_GE(crashes, 20) << "a worker comes by the claim, the heartbeat, publishing, the end";
}

} // namespace

} // namespace stemlathe::test
