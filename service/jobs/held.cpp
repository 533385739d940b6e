#include "service/jobs/held.hpp"

#include "service/store/events.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

void commit(Transaction& transaction, CrashSite before, CrashSite after) {
    crash_point(before);
    transaction.commit();
    crash_point(after);
}

Load load_of(Rows const& rows) {
    return {.jobs = rows.front().integer("jobs"), .cost_ms = rows.front().integer("cost")};
}

JobQueue::Held JobQueue::held_of(Row const& row) {
    return {
        .id = row.text("id"),
        .tenant = row.text("tenant"),
        .session = row.maybe_text("session"),
        .subject = row.text("subject"),
        .kind = row.text("kind"),
        .klass = row.text("class"),
        .spec = row.text("spec"),
        .cost_ms = row.integer("cost"),
        .fence = row.integer("fence"),
        .attempt = row.integer("attempt"),
        .attempts_max = row.integer("max_attempts"),
        .shortages = row.integer("shortages"),
        .is_cancel_asked = row.integer("cancel_req") != 0};
}

std::optional<JobQueue::Held> JobQueue::held(Lease const& lease) {
    static std::string const kSql = fmt::format(
        "SELECT {} FROM job WHERE id = $1 AND fence = $2 AND state = 'leased'", kHeldColumns
    );
    auto const rows = database_.query(kSql, {lease.job, lease.fence});
    return rows.empty() ? std::nullopt : std::optional{held_of(rows.front())};
}

/// Counting the rows for each new job would take the longer the more there are.
void JobQueue::count_waiting(Held const& job, std::int64_t more) {
    database_.query(
        "UPDATE flow SET waiting = waiting + $3, waiting_cost = waiting_cost + $3 * $4"
        " WHERE tenant = $1 AND class = $2",
        {job.tenant, job.klass, more, job.cost_ms}
    );
}

void JobQueue::tell(Held const& job, std::string_view type, std::string const& data) {
    append_event(
        database_,
        {.tenant = job.tenant,
         .session = job.session,
         .type = std::string{type},
         .subject = job.subject,
         .data = data}
    );
}

void JobQueue::end_attempt(Held const& job, std::string_view outcome, std::string_view detail) {
    database_.query(
        "UPDATE attempt SET ended = now_ms(), outcome = $3, detail = $4"
        " WHERE job = $1 AND fence = $2",
        {job.id, job.fence, std::string{outcome}, std::string{detail}}
    );
}

} // namespace stemlathe::service
