#include "tests/service/server/takeover.hpp"

#include "tests/service/server/slow_motion.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <utility>

namespace stemlathe::test {

namespace {

constexpr double kMs_per_s = 1'000.0;

} // namespace

bool has_begun(Farm& farm, std::string const& job) {
    return farm.comes_to(
        1, "SELECT count(*) AS count FROM job WHERE state='leased' AND id='" + job + "'"
    );
}

void kill_host(FarmProcess& worker) {
    worker.kill_all();
}

void kill_executors(FarmProcess& worker) {
    auto const executors = worker.executors();
    EXPECT_FALSE(executors.empty());
    for (auto const executor : executors) {
        ::kill(executor, SIGKILL);
    }
}

TakeoverSite::TakeoverSite(Farm& farm, double song_s) : farm_{farm}, service_{farm.serve()} {
    write_session(farm.songs() / "song", song_s);
    auto const worker = farm.worker();
    EXPECT_FALSE(farm.submit(*service_, "song").empty());
    EXPECT_TRUE(farm.comes_to(0, "SELECT count(*) AS count FROM job WHERE state<>'succeeded'"));
    session_ = farm.session();
}

double TakeoverSite::seconds_of(int workers, std::function<void(FarmProcess&)> const& harm) {
    while (std::ssize(workers_) < workers) {
        workers_.push_back(farm_.worker());
    }
    std::vector<std::unique_ptr<SlowMotion>> slow;
    for (auto const& worker : workers_) {
        slow.push_back(std::make_unique<SlowMotion>(*worker));
    }
    auto const render =
        farm_.order(*service_, session_, "cd", fmt::format("takeover-{}", ++orders_));
    auto const job =
        farm_.database().query("SELECT id FROM job WHERE subject=$1", {render}).front().text("id");
    if (!has_begun(farm_, job)) {
        return -1.0;
    }
    auto& victim = owner_of(job);
    auto const fence =
        farm_.database().query("SELECT fence FROM job WHERE id=$1", {job}).front().integer("fence");
    auto const begun_ms = farm_.now_ms();
    slow.clear();
    harm(victim);
    auto const next = fmt::format(
        "SELECT count(*) AS count FROM attempt WHERE job='{}' AND fence={}", job, fence + 1
    );
    if (!farm_.comes_to(1, next)) {
        return -1.0;
    }
    auto const taken = farm_.database().query(
        "SELECT started FROM attempt WHERE job=$1 AND fence=$2", {job, fence + 1}
    );
    return static_cast<double>(taken.front().integer("started") - begun_ms) / kMs_per_s;
}

void TakeoverSite::finish() {
    EXPECT_TRUE(farm_.comes_to(0, "SELECT count(*) AS count FROM job WHERE state<>'succeeded'"));
    workers_.clear();
    farm_.expect_one_result_each();
}

FarmProcess& TakeoverSite::owner_of(std::string const& job) {
    auto const owner =
        farm_.database().query("SELECT owner FROM job WHERE id=$1", {job}).front().text("owner");
    for (auto const& worker : workers_) {
        if (worker->name() == owner) {
            return *worker;
        }
    }
    ADD_FAILURE() << "the job is nobody's";
    return *workers_.front();
}

} // namespace stemlathe::test
