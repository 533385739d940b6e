#include "service/server/housekeeping.hpp"

#include "service/api/idempotency.hpp"
#include "service/blobs/garbage.hpp"
#include "service/log/log.hpp"
#include "service/store/events.hpp"
#include "service/uploads/recover_uploads.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace stemlathe::service {

namespace {

constexpr std::chrono::seconds kStep{1};
constexpr int kStepsPerRetry = 5; // each hashes the whole file once more
constexpr int kStepsPerMinute = 60;
constexpr int kStepsPerHour = 60 * kStepsPerMinute;
constexpr int kStepsPerDay = 24 * kStepsPerHour;

} // namespace

Housekeeping::Housekeeping(
    Uploads& uploads, BlobStore& blobs, OnStore on_store, std::function<void()> each_minute
)
    : uploads_{uploads},
      blobs_{blobs},
      on_store_{std::move(on_store)},
      more_each_minute_{std::move(each_minute)},
      thread_{[this](std::stop_token const& stop) {
          work(stop);
      }} {}

void Housekeeping::work(std::stop_token const& stop) {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock{mutex};
    for (int step = 1; !woken.wait_for(lock, stop, kStep, [&] { return stop.stop_requested(); });
         ++step) {
        try {
            if (step % kStepsPerMinute == 0) {
                each_minute();
            } else if (step % kStepsPerRetry == 0 && has_unrecorded()) {
                sweep_uploads(uploads_);
            }
            if (step % kStepsPerHour == 0) {
                each_hour();
            }
            if (step % kStepsPerDay == kStepsPerHour) { // so also where it is restarted every night
                each_day();
            }
        } catch (std::exception const& error) {
            // The next step tries again; who runs the machine reads why.
            log(LogLevel::error, "housekeeping", {{"error", error.what()}});
        }
    }
}

bool Housekeeping::has_unrecorded() {
    bool has = false;
    on_store_([&](Database& database) { has = has_unrecorded_uploads(database); });
    return has;
}

void Housekeeping::each_minute() {
    sweep_uploads(uploads_);
    std::int64_t thinned = 1;
    while (thinned > 0) {
        on_store_([&](Database& database) { thinned = thin_events(database, {}); });
    }
    on_store_([](Database& database) { forget_old_keys(database); });
    more_each_minute_();
}

void Housekeeping::each_hour() {
    std::int64_t removed = 1;
    while (removed > 0) {
        on_store_([&](Database& database) { removed = collect_garbage(database, blobs_, {}); });
    }
}

void Housekeeping::each_day() {
    if (auto const removed = remove_unknown_blobs(on_store_, blobs_, {}); removed > 0) {
        log(LogLevel::info, "unknown blobs removed", {{"count", removed}});
    }
}

} // namespace stemlathe::service
