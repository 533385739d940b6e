#include "service/agent/agent.hpp"

#include "service/agent/work_folder.hpp"
#include "service/log/log.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

namespace stemlathe::service {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::int64_t kForgotten_ms = std::int64_t{24} * 3'600'000;

/// Notes that jobs are taken for this engine. Hundreds of workers share the row, so it is written
/// about once in a sixth of the time after which nobody waits for it any more.
void note_engine(Database& database, AgentSettings const& settings) {
    constexpr std::int64_t kRarest_ms = 10'000;
    auto const between_ms = std::min(settings.engine_wait.count() / 6, kRarest_ms);
    auto const noted = database.query(
        "SELECT 1 AS one FROM engine_seen WHERE generation=$1 AND seen>now_ms()-$2",
        {settings.engine, between_ms}
    );
    if (noted.empty()) {
        database.query(
            "INSERT INTO engine_seen(generation, seen) VALUES($1, now_ms()) "
            "ON CONFLICT(generation) DO UPDATE SET seen=excluded.seen",
            {settings.engine}
        );
    }
}

} // namespace

Agent::Agent(
    AgentSettings settings, BlobStore& blobs, JobQueue& queue, OnStore on_store, SmallJob probe
)
    : workplace_{
          .settings = std::move(settings),
          .blobs = blobs,
          .queue = queue,
          .on_store = std::move(on_store)} {
    sweep();
    for (auto const& device : workplace_.settings.devices) {
        slots_.push_back(std::make_unique<RenderSlot>(workplace_, device));
    }
    if (probe) {
        probes_ = std::make_unique<SmallJobSlot>(workplace_, "probe", std::move(probe));
    }
    caretaker_ = std::jthread{[this](std::stop_token const& stop) {
        take_care(stop);
    }};
}

Agent::~Agent() {
    workplace_.is_draining = true;
    workplace_.is_over = true;
    workplace_.bell.ring();
    caretaker_ = std::jthread{};
    slots_.clear();
    probes_.reset();
    sign_out();
}

void Agent::work_arrived() noexcept {
    workplace_.bell.ring();
}

void Agent::drain() {
    workplace_.is_draining = true;
    workplace_.bell.ring();
    wait_for_end(workplace_.settings.drain);
    workplace_.is_over = true;
    while (!has_ended()) {
        wait_for_end(workplace_.settings.drain);
    }
}

bool Agent::has_ended() const {
    return std::ranges::all_of(slots_, [](auto const& slot) { return slot->has_ended(); }) &&
           (!probes_ || probes_->has_ended());
}

void Agent::wait_for_end(std::chrono::milliseconds time) {
    auto const end = Clock::now() + time;
    while (true) {
        auto const rings = workplace_.bell.rings();
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        if (has_ended() || left.count() <= 0) {
            return;
        }
        workplace_.bell.wait(rings, left);
    }
}

std::vector<pid_t> Agent::executors() const {
    std::vector<pid_t> processes;
    processes.reserve(2 * slots_.size());
    for (auto const& slot : slots_) {
        processes.push_back(slot->pid());
    }
    for (auto const& slot : slots_) {
        if (auto const process = slot->review_pid(); process > 0) {
            processes.push_back(process);
        }
    }
    return processes;
}

void Agent::take_care(std::stop_token const& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    while (!stop.stop_requested()) {
        try {
            reap();
            sign_in();
        } catch (std::exception const& failure) {
            log(LogLevel::error, "worker's rounds failed", {{"message", failure.what()}});
        }
        std::unique_lock lock{mutex};
        never.wait_for(lock, stop, workplace_.settings.reap, [] { return false; });
    }
}

void Agent::reap() {
    auto const count = workplace_.ask([](JobQueue& queue) { return queue.reap(); });
    if (count > 0) {
        log(LogLevel::warning, "leases ran out", {{"jobs", count}});
        workplace_.bell.ring();
    }
}

void Agent::sign_in() {
    boost::json::array devices;
    for (auto const& slot : slots_) {
        devices.push_back(slot->shown());
    }
    auto const& settings = workplace_.settings;
    auto const draining = std::int64_t{workplace_.is_draining ? 1 : 0};
    // Single statements: nobody is to be woken by them, and so they are no Transaction.
    workplace_.on_store([&](Database& database) {
        database.query(
            "INSERT INTO worker(id, host, version, devices, draining, seen, protocol, slots, "
            "engine) VALUES($1, $2, $3, $4, $5, now_ms(), $6, $7, $8) ON CONFLICT(id) DO UPDATE "
            "SET devices=excluded.devices, draining=excluded.draining, seen=excluded.seen",
            {settings.id,
             settings.host,
             settings.version,
             boost::json::serialize(devices),
             draining,
             kJobProtocol,
             std::ssize(slots_),
             settings.engine}
        );
        if (draining == 0) {
            note_engine(database, settings);
        }
        database.query("DELETE FROM worker WHERE seen<now_ms()-$1", {kForgotten_ms});
    });
}

void Agent::sign_out() noexcept {
    try {
        workplace_.on_store([&](Database& database) {
            database.query("DELETE FROM worker WHERE id=$1", {workplace_.settings.id});
        });
    } catch (std::exception const& failure) {
        log(LogLevel::warning, "worker's row stays", {{"message", failure.what()}});
    }
}

void Agent::sweep() {
    auto const is_held = [&](std::string const& job, std::int64_t fence) {
        bool is_leased = false;
        workplace_.on_store([&](Database& database) {
            auto const rows = database.query(
                "SELECT id FROM job WHERE id=$1 AND fence=$2 AND state='leased' "
                "AND lease_until>=now_ms()",
                {job, fence}
            );
            is_leased = !rows.empty();
        });
        return is_leased;
    };
    sweep_work_folders(workplace_.blobs.workshop(), is_held);
    if (auto const& scratch = workplace_.settings.scratch; !scratch.empty()) {
        sweep_work_folders(scratch, is_held);
    }
}

} // namespace stemlathe::service
