#include "service/server/housekeeping.hpp"

#include "service/api/bin.hpp"
#include "service/api/idempotency.hpp"
#include "service/log/log.hpp"
#include "service/store/chore.hpp"
#include "service/store/events.hpp"
#include "service/uploads/recover_uploads.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace stemlathe::service {

namespace {

constexpr std::chrono::seconds kStep{1};
constexpr int kStepsPerRetry = 5; // an upload's is to hash the whole file once more
constexpr int kStepsPerMinute = 60;
constexpr std::int64_t kMinute_ms = 60'000;
constexpr std::int64_t kHour_ms = 60 * kMinute_ms;
constexpr std::int64_t kDay_ms = 24 * kHour_ms;

} // namespace

Housekeeping::Housekeeping(
    Uploads& uploads,
    BlobStore& blobs,
    GarbageRules rules,
    OnStore on_store,
    std::function<void()> each_minute
)
    : uploads_{uploads},
      blobs_{blobs},
      rules_{rules},
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
                do_chores();
            } else if (step % kStepsPerRetry == 0) {
                each_retry();
            }
        } catch (std::exception const& error) {
            // The next step tries again; who runs the machine reads why.
            log(LogLevel::error, "housekeeping", {{"error", error.what()}});
        }
    }
}

/// Also takes back what dead workers hold: those that live do so as well, but there may be none.
void Housekeeping::each_retry() {
    bool has_unrecorded = false;
    on_store_([&](Database& database) {
        has_unrecorded = has_unrecorded_uploads(database);
        uploads_.tools().queue.reap();
    });
    if (has_unrecorded) {
        sweep_uploads(uploads_);
    }
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

/// Each by one process, where several share the store: any of them may, and one is enough.
void Housekeeping::do_chores() {
    auto const is_mine = [this](std::string const& name, std::int64_t period_ms) {
        bool is_due = false;
        on_store_([&](Database& database) { is_due = take_chore(database, name, period_ms); });
        return is_due;
    };
    if (is_mine("garbage", kHour_ms)) {
        std::int64_t purged = 1;
        while (purged > 0) {
            on_store_([&](Database& database) {
                purged = purge_old_sessions(database, rules_.deleted.count());
            });
        }
        while (collect_garbage(on_store_, blobs_, rules_) > 0) {
        }
    }
    if (is_mine("unknown blobs", kDay_ms)) {
        if (auto const removed = remove_unknown_blobs(on_store_, blobs_, rules_); removed > 0) {
            log(LogLevel::info, "unknown blobs removed", {{"count", removed}});
        }
    }
}

} // namespace stemlathe::service
