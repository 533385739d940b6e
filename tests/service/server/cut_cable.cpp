#include "tests/service/server/cut_cable.hpp"

#include "tests/service/server/farm.hpp"
#include "tests/service/server/farm_jobs.hpp"
#include "tests/service/server/slow_motion.hpp"
#include "tests/service/server/takeover.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace stemlathe::test {

namespace {

constexpr auto kLeft = "SELECT count(*) AS count FROM job WHERE state<>'succeeded'";

bool is_gone(pid_t process) {
    auto const status = read_file(fmt::format("/proc/{}/status", process));
    return status.empty() || status.find("State:\tZ") != std::string::npos;
}

/// The server lets go of a change that a cut link left open within 10 s, and all wait for that.
double seconds_of_open_change(Farm& farm) {
    constexpr double kLetGo_s = 10.0;
    auto const open = farm.count("SELECT count(*) AS count FROM pg_stat_activity WHERE "
                                 "client_addr IS NOT NULL AND xact_start IS NOT NULL");
    return open > 0 ? kLetGo_s : 0.0;
}

/// By the database's clock.
struct Cut {
    std::int64_t at_ms = 0;
    std::int64_t given_up_ms = 0; ///< the executors are gone
    std::int64_t taken_ms = 0;    ///< the job is another's
    double open_s = 0.0;          ///< that a change was open

    [[nodiscard]] double seconds_to(std::int64_t time_ms) const {
        constexpr double kMs_per_s = 1'000.0;
        return static_cast<double>(time_ms - at_ms) / kMs_per_s;
    }
};

Cut cut_while_it_renders(
    Farm& farm, Cable const& cable, std::vector<pid_t> const& executors, std::string const& job
) {
    Cut cut{.at_ms = farm.now_ms()};
    cable.cut();
    cut.open_s = seconds_of_open_change(farm);
    EXPECT_TRUE(soon([&] { return std::ranges::all_of(executors, is_gone); }));
    cut.given_up_ms = farm.now_ms();
    auto const next = "FROM attempt WHERE fence=2 AND job='" + job + "'";
    if (farm.comes_to(1, "SELECT count(*) AS count " + next)) {
        cut.taken_ms = farm.count("SELECT started AS count " + next);
    }
    return cut;
}

void expect_in_time(Cut const& cut, double lease_s) {
    auto const given_up_s = cut.seconds_to(cut.given_up_ms);
    auto const taken_s = cut.seconds_to(cut.taken_ms);
    fmt::print(
        "lease {:.0f} s: executor killed {:.2f} s after the cut, taken over after {:.2f} s\n",
        lease_s,
        given_up_s,
        taken_s
    );
    EXPECT_LE(given_up_s, lease_s * 2.0 / 3.0 + kBusy_s);
    EXPECT_LE(cut.given_up_ms, cut.taken_ms) << "two were at it at a time";
    EXPECT_LE(taken_s, takeover_bound_s(lease_s) + cut.open_s);
}

} // namespace

void cut_off_a_worker(Cable const& cable, double lease_s, double song_s) {
    PostgresCluster const cluster{PostgresCluster::Durability::none, cable.near_end()};
    Farm farm{cluster.url(), lease_s};
    write_session(farm.songs() / "song", song_s);
    auto const service = farm.serve();
    auto const cut_off = farm.worker(
        {.url = "postgresql://postgres@" + cable.near_end().address + "/postgres",
         .before_start =
             [&] {
                 cable.enter();
             }}
    );
    SlowMotion const slow{*cut_off};
    auto const job = job_of(farm, farm.submit(*service, "song"));
    ASSERT_TRUE(has_begun(farm, job));
    auto rescuer = farm.worker();
    expect_in_time(cut_while_it_renders(farm, cable, slow.executors(), job), lease_s);
    cable.mend();
    ASSERT_TRUE(farm.comes_to(0, kLeft));
    expect_lost_and_done_again(farm, job);
    rescuer.reset();
    auto const next = job_of(farm, farm.order(*service, farm.session(), "cd", "after-the-cut"));
    ASSERT_TRUE(farm.comes_to(0, kLeft));
    EXPECT_EQ(owner_of(farm, next), cut_off->name()) << "it works again";
    farm.expect_one_result_each();
    farm.expect_files_whole();
}

} // namespace stemlathe::test
