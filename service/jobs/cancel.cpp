#include "service/jobs/held.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

bool JobQueue::cancel(std::string const& job) {
    if (database_.in_transaction()) {
        return cancel_now(job); // the caller commits it with what goes with it
    }
    Transaction transaction{database_};
    bool const is_canceled = cancel_now(job);
    commit(transaction, CrashSite::cancel_before_commit, CrashSite::cancel_after_commit);
    return is_canceled;
}

bool JobQueue::cancel_now(std::string const& job) {
    static std::string const kFind = fmt::format(
        "SELECT {}, state, vfinish - vstart AS step FROM job WHERE id = $1", kHeldColumns
    );
    auto const rows = database_.query(kFind, {job});
    auto const state = rows.empty() ? std::string{} : rows.front().text("state");
    if (state == "queued") {
        auto const& row = rows.front();
        auto const waiting = held_of(row);
        count_waiting(waiting, -1);
        // What will not run is not charged to the flow: else a client who takes back a thousand
        // jobs would wait behind them.
        database_.query(
            "UPDATE flow SET vlast = vlast - $3 WHERE tenant = $1 AND class = $2",
            {waiting.tenant, waiting.klass, row.integer("step")}
        );
        finish(waiting, {.state = "canceled"});
    } else if (state == "leased") {
        database_.query("UPDATE job SET cancel_req = 1 WHERE id = $1", {job});
    } else {
        return state == "canceled";
    }
    return true;
}

std::int64_t JobQueue::reap() {
    static std::string const kExpired = fmt::format(
        "SELECT {} FROM job WHERE state = 'leased' AND lease_until < now_ms()"
        " ORDER BY lease_until, id LIMIT 100",
        kHeldColumns
    );
    Transaction transaction{database_};
    auto const rows = database_.query(kExpired);
    if (rows.empty()) {
        return 0;
    }
    for (auto const& row : rows) {
        auto const job = held_of(row);
        end_attempt(job, "lost", "the worker was not heard of until the lease ran out");
        if (job.is_cancel_asked) {
            finish(job, {.state = "canceled"});
        } else {
            break_off(job, "device_lost", "the worker that ran it was lost");
        }
    }
    commit(transaction, CrashSite::reap_before_commit, CrashSite::reap_after_commit);
    return static_cast<std::int64_t>(rows.size());
}

} // namespace stemlathe::service
