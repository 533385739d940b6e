#include "service/agent/lease_keeper.hpp"

#include "service/log/log.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <optional>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::chrono::milliseconds kStep{50};

} // namespace

LeaseKeeper::LeaseKeeper(Workplace& workplace, Lease const& lease)
    : workplace_{workplace},
      lease_{lease},
      renewed_{Clock::now()},
      thread_{[this](std::stop_token const& stop) {
          keep(stop);
      }} {}

void LeaseKeeper::tell(double percent, std::string stage) {
    std::lock_guard const lock{mutex_};
    auto const whole = std::clamp<std::int64_t>(static_cast<std::int64_t>(percent), 0, 100);
    has_news_ = has_news_ || whole != percent_ || stage != stage_;
    percent_ = whole;
    stage_ = std::move(stage);
}

bool LeaseKeeper::is_lost() const noexcept {
    return is_lost_ || Clock::now() - renewed_.load() > workplace_.settings.lease * 2 / 3;
}

bool LeaseKeeper::has_news() {
    std::lock_guard const lock{mutex_};
    return has_news_;
}

void LeaseKeeper::keep(std::stop_token const& stop) {
    auto const& settings = workplace_.settings;
    std::mutex mutex;
    std::condition_variable_any never;
    auto last_beat = Clock::now();
    auto last_look = last_beat;
    while (!stop.stop_requested() && !is_lost()) {
        {
            std::unique_lock lock{mutex};
            never.wait_for(lock, stop, kStep, [] { return false; });
        }
        auto const now = Clock::now();
        bool const is_due = now - last_beat >= settings.heartbeat ||
                            (has_news() && now - last_beat >= settings.progress);
        if (stop.stop_requested() || (!is_due && now - last_look < settings.cancel_look)) {
            continue;
        }
        last_look = now;
        try {
            if (is_due) {
                last_beat = now;
                beat();
            } else {
                look();
            }
        } catch (std::exception const& failure) {
            // It is tried again soon, until the lease counts as lost.
            if (is_due) {
                last_beat = now - settings.heartbeat + settings.cancel_look;
            }
            log(LogLevel::warning,
                "heartbeat failed",
                {{"job", lease_.job}, {"message", failure.what()}});
        }
    }
}

void LeaseKeeper::beat() {
    auto const now = Clock::now(); // before: the lease runs from when the database heard of it
    std::int64_t percent = 0;
    std::string stage;
    {
        std::lock_guard const lock{mutex_};
        percent = percent_;
        stage = stage_;
        has_news_ = false;
    }
    auto const answer = workplace_.ask([&](JobQueue& queue) {
        return queue.heartbeat(lease_, workplace_.settings.lease.count(), percent, stage);
    });
    if (!answer) {
        is_lost_ = true;
        return;
    }
    renewed_ = now;
    is_cancel_asked_ = is_cancel_asked_ || *answer;
}

void LeaseKeeper::look() {
    workplace_.on_store([&](Database& database) {
        auto const rows = database.query(
            "SELECT cancel_req FROM job WHERE id=$1 AND fence=$2 AND state='leased'",
            {lease_.job, lease_.fence}
        );
        if (rows.empty()) {
            is_lost_ = true;
        } else if (rows.front().integer("cancel_req") != 0) {
            is_cancel_asked_ = true;
        }
    });
}

} // namespace stemlathe::service
