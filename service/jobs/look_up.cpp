#include "service/jobs/held.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

/// What all workers together run at a time. One that was not heard of for a while counts no more.
std::int64_t JobQueue::slots() {
    constexpr std::int64_t kHeard_ms = 30'000;
    auto const of_workers =
        database_
            .query(
                "SELECT CAST(COALESCE(sum(slots), 0) AS BIGINT) AS slots FROM worker"
                " WHERE draining = 0 AND seen > now_ms() - $1",
                {kHeard_ms}
            )
            .front()
            .integer("slots");
    return of_workers > 0 ? of_workers : limits_.slots;
}

std::optional<JobStatus> JobQueue::find(std::string const& job) {
    auto const rows = database_.query(
        "SELECT id, tenant, subject, kind, class, state, progress, stage, attempt, fence,"
        " cancel_req, error_code, error, result, created, started, finished FROM job WHERE id = $1",
        {job}
    );
    if (rows.empty()) {
        return std::nullopt;
    }
    auto const& row = rows.front();
    return JobStatus{
        .job = row.text("id"),
        .tenant = row.text("tenant"),
        .subject = row.text("subject"),
        .kind = row.text("kind"),
        .klass = row.text("class"),
        .state = row.text("state"),
        .progress = row.integer("progress"),
        .stage = row.maybe_text("stage"),
        .attempt = row.integer("attempt"),
        .fence = row.integer("fence"),
        .is_cancel_asked = row.integer("cancel_req") != 0,
        .error_code = row.maybe_text("error_code"),
        .error = row.maybe_text("error"),
        .result = row.maybe_text("result"),
        .created_ms = row.integer("created"),
        .started_ms = row.maybe_integer("started"),
        .finished_ms = row.maybe_integer("finished")};
}

/// Each state is a look into its index by itself: of two at once a planner reads and sorts all.
Rows JobQueue::list(JobPage const& page) {
    constexpr std::string_view kPart =
        "SELECT * FROM (SELECT * FROM job WHERE id > $1 AND {}{} ORDER BY id LIMIT $3) AS part{}";
    // By an index of its own as well.
    auto const* const changed =
        page.changed_since_ms > 0
            ? "id IN(SELECT id FROM job WHERE coalesce(finished, started, created) >= $2)"
            : "$2 = 0";
    std::string sql;
    for (auto const state : page.states) {
        sql += fmt::format(
            fmt::runtime(kPart), changed, fmt::format(" AND state = '{}'", state), sql.size()
        );
        sql += state == page.states.back() ? "" : " UNION ALL ";
    }
    if (sql.empty()) {
        sql = fmt::format(fmt::runtime(kPart), changed, "", 0);
    }
    return database_.query(
        sql + " ORDER BY id LIMIT $3", {page.after, page.changed_since_ms, page.rows_max}
    );
}

std::vector<Attempt> JobQueue::attempts(std::string const& job) {
    std::vector<Attempt> list;
    auto const rows = database_.query(
        "SELECT fence, owner, device, started, ended, outcome, detail FROM attempt"
        " WHERE job = $1 ORDER BY fence",
        {job}
    );
    for (auto const& row : rows) {
        list.push_back(
            {.fence = row.integer("fence"),
             .owner = row.text("owner"),
             .device = row.maybe_text("device"),
             .started_ms = row.integer("started"),
             .ended_ms = row.maybe_integer("ended"),
             .outcome = row.maybe_text("outcome"),
             .detail = row.maybe_text("detail")}
        );
    }
    return list;
}

std::optional<Place> JobQueue::place(std::string const& job) {
    // Whoever is told of a place is not to read ten thousand jobs: each order and each look asks.
    constexpr std::int64_t kLooked = 1'000;
    auto const rows = database_.query(
        "SELECT vstart, vfinish, kind, class FROM job WHERE id = $1 AND state = 'queued'", {job}
    );
    if (rows.empty()) {
        return std::nullopt;
    }
    auto const& kind = rows.front().text("kind");
    auto const ahead = load_of(database_.query(
        "SELECT count(*) AS jobs, CAST(COALESCE(sum(cost), 0) AS BIGINT) AS cost FROM"
        " (SELECT cost FROM job WHERE state = 'queued' AND kind = $5 AND vstart <= $1"
        " AND (vstart < $1 OR class > $2 OR (class = $2 AND (vfinish, id) < ($3, $4)))"
        " LIMIT $6) AS first_ones",
        {rows.front().integer("vstart"),
         rows.front().text("class"),
         rows.front().integer("vfinish"),
         job,
         kind,
         kLooked}
    ));
    bool const is_near = ahead.jobs < kLooked;
    auto const running = database_.query(
        "SELECT CAST(COALESCE(sum(cost * (100 - progress) / 100), 0) AS BIGINT) AS cost FROM job"
        " WHERE state = 'leased' AND kind = $1",
        {kind}
    );
    auto const before_ms = is_near ? ahead.cost_ms : load_of(database_.query(kLoad)).cost_ms;
    return Place{
        .position = is_near ? std::optional{ahead.jobs + 1} : std::nullopt,
        .wait_ms = (before_ms + running.front().integer("cost")) / slots()};
}

} // namespace stemlathe::service
