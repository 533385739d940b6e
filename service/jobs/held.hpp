#pragma once

#include "service/jobs/job_queue.hpp"

/// Private to service/jobs.
namespace stemlathe::service {

/// A job's row as far as an end needs it.
struct JobQueue::Held {
    std::string id{};
    std::string tenant{};
    std::optional<std::string> session = std::nullopt;
    std::string subject{};
    std::string kind{};
    std::string klass{};
    std::string spec{};
    std::int64_t cost_ms = 0;
    std::int64_t fence = 0;
    std::int64_t attempt = 0;
    std::int64_t attempts_max = 0;
    std::int64_t shortages = 0;
    bool is_cancel_asked = false;
};

/// The columns of Held.
inline constexpr std::string_view kHeldColumns = "id, tenant, session, subject, kind, class, spec, "
                                                 "cost, fence, attempt, max_attempts, shortages,"
                                                 " cancel_req";

/// Jobs that wait, and what they will cost.
struct Load {
    std::int64_t jobs = 0;
    std::int64_t cost_ms = 0;
};

/// Of all flows; "WHERE tenant = $1" may follow.
inline constexpr std::string_view kLoad =
    "SELECT CAST(COALESCE(sum(waiting), 0) AS BIGINT) AS jobs,"
    " CAST(COALESCE(sum(waiting_cost), 0) AS BIGINT) AS cost FROM flow";

/// Of one row with these two columns.
[[nodiscard]] Load load_of(Rows const& rows);

/// Commits between two crash points.
void commit(Transaction& transaction, CrashSite before, CrashSite after);

} // namespace stemlathe::service
