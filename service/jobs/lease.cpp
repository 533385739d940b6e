#include "kernels/base/assert.hpp"
#include "service/jobs/held.hpp"
#include "service/store/events.hpp"
#include "service/store/json_quote.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

/// The next job of each client and kind that the claimant can run: as many looks into an index as
/// clients wait, however many jobs they have.
constexpr std::string_view kHeads = R"sql(
  SELECT (SELECT j.id FROM job j
    WHERE j.state = 'queued' AND j.tenant = t.id AND j.kind = k.kind AND j.run_after <= now_ms()
      AND j.proto_min <= $1 AND j.need_gpu <= $2 AND ($2 = 0 OR j.gpu_mb <= $3)
      AND ($4 = 0 OR j.class = 'preview') AND {engine}
    ORDER BY j.vstart, j.class DESC, j.vfinish, j.id LIMIT 1) AS id
  FROM tenant t CROSS JOIN ({kinds}) k
  WHERE t.id IN(SELECT tenant FROM flow WHERE waiting > 0)
    AND (SELECT count(*) FROM job r WHERE r.tenant = t.id AND r.kind = k.kind
         AND r.state = 'leased') < t.max_running)sql";

/// The pick is materialised: a planner may run a sub-select with a LIMIT more than once, and would
/// then lease more than one job. It looks at the heads one by one: joined with them, a planner that
/// does not know how few they are reads all jobs that wait.
constexpr std::string_view kClaim = R"sql(
WITH head AS MATERIALIZED ({heads}),
pick AS MATERIALIZED (
  SELECT head.id AS id FROM head WHERE head.id IS NOT NULL
  ORDER BY (SELECT j.vstart FROM job j WHERE j.id = head.id),
    (SELECT j.class FROM job j WHERE j.id = head.id) DESC,
    (SELECT j.vfinish FROM job j WHERE j.id = head.id), head.id LIMIT 1)
UPDATE job SET state = 'leased', fence = fence + 1, attempt = attempt + 1, owner = $7, claim = $9,
  lease_until = now_ms() + $8, started = now_ms(), progress = 0, stage = NULL, told = 0
FROM pick WHERE job.id = pick.id RETURNING {columns})sql";

/// Whether a job `j` is for the engine in parameter `own`, or for one that nobody has any more:
/// nobody who takes jobs was heard of for the time in parameter `wait`.
std::string engine_sql(std::size_t own, std::size_t wait) {
    return fmt::format(
        "(j.engine IS NULL OR j.engine = ${} OR j.engine NOT IN"
        " (SELECT e.generation FROM engine_seen e WHERE e.seen > now_ms() - ${}))",
        own,
        wait
    );
}

/// A query of `count` rows, the values from `$first` on.
std::string kinds_from(std::size_t first, std::size_t count) {
    std::string rows;
    for (std::size_t i = 0; i < count; ++i) {
        rows += fmt::format(
            "{}CAST(${} AS TEXT) AS kind", i == 0 ? "SELECT " : " UNION SELECT ", first + i
        );
    }
    return rows;
}

std::string heads_sql(std::size_t first_kind, std::size_t kinds) {
    return fmt::format(
        fmt::runtime(kHeads),
        fmt::arg("kinds", kinds_from(first_kind, kinds)),
        fmt::arg("engine", engine_sql(5, 6))
    );
}

std::string claim_sql(std::size_t kinds) {
    constexpr std::size_t kFirst = 10;
    // Qualified for PostgreSQL, where pick.id is an id too.
    std::string columns = "job.id AS id";
    columns += kHeldColumns.substr(std::string_view{"id"}.size());
    return fmt::format(
        fmt::runtime(kClaim),
        fmt::arg("heads", heads_sql(kFirst, kinds)),
        fmt::arg("columns", columns)
    );
}

/// What a claimant can do, as the heads are asked for it.
std::vector<Value> abilities_of(Claimant const& claimant) {
    return {
        claimant.protocol,
        std::int64_t{claimant.has_gpu ? 1 : 0},
        claimant.gpu_mb,
        std::int64_t{claimant.previews_only ? 1 : 0},
        claimant.engine,
        claimant.engine_wait_ms};
}

/// Whether a claim may find anything. Asked before it takes its turn: hundreds of idle workers hear
/// of every new job, and most of them come too late.
bool is_any_waiting(Database& database, Claimant const& claimant) {
    auto values = abilities_of(claimant);
    auto const sql = fmt::format(
        "SELECT id FROM ({}) head WHERE id IS NOT NULL LIMIT 1",
        heads_sql(values.size() + 1, claimant.kinds.size())
    );
    values.insert(values.end(), claimant.kinds.begin(), claimant.kinds.end());
    return !database.query(sql, values).empty();
}

Lease lease_of(std::string const& job, Row const& row, Claimant const& claimant) {
    return Lease{
        .job = job,
        .tenant = row.text("tenant"),
        .subject = row.text("subject"),
        .kind = row.text("kind"),
        .spec = row.text("spec"),
        .fence = row.integer("fence"),
        .attempt = row.integer("attempt"),
        .engine = claimant.engine};
}

/// The lease of a claim whose answer got lost; it runs from now on.
std::optional<Lease> claimed_before(Database& database, Claimant const& claimant) {
    Transaction transaction{database};
    auto const rows = database.query(
        "UPDATE job SET lease_until = now_ms() + $3 WHERE owner = $1 AND claim = $2"
        " AND state = 'leased' RETURNING id, tenant, subject, kind, spec, fence, attempt",
        {claimant.owner, claimant.key, claimant.lease_ms}
    );
    if (rows.empty()) {
        return std::nullopt;
    }
    transaction.commit();
    return lease_of(rows.front().text("id"), rows.front(), claimant);
}

} // namespace

std::optional<Lease> JobQueue::claim(Claimant const& claimant) {
    STEMLATHE_ASSERT(!claimant.kinds.empty());
    if (claimant.is_repeated) {
        if (auto lease = claimed_before(database_, claimant)) {
            return lease;
        }
    }
    if (!is_any_waiting(database_, claimant)) {
        return std::nullopt;
    }
    auto values = abilities_of(claimant);
    values.insert(
        values.end(),
        {claimant.owner,
         claimant.lease_ms,
         claimant.key.empty() ? Value{nullptr} : Value{claimant.key}}
    );
    values.insert(values.end(), claimant.kinds.begin(), claimant.kinds.end());

    Transaction transaction{database_};
    auto const rows = database_.query(claim_sql(claimant.kinds.size()), values);
    if (rows.empty()) {
        return std::nullopt;
    }
    auto const job = held_of(rows.front());
    count_waiting(job, -1);
    database_.query(
        "INSERT INTO attempt(job, fence, owner, device, started) VALUES($1, $2, $3, $4, now_ms())",
        {job.id, job.fence, claimant.owner, value_of(claimant.device)}
    );
    tell(
        job,
        "job.started",
        fmt::format(R"({{"job":"{}","kind":"{}","attempt":{}}})", job.id, job.kind, job.attempt)
    );
    commit(transaction, CrashSite::claim_before_commit, CrashSite::claim_after_commit);
    return lease_of(job.id, rows.front(), claimant);
}

std::optional<std::int64_t> JobQueue::due_in_ms(Claimant const& claimant) {
    std::vector<Value> values{claimant.protocol};
    values.insert(values.end(), claimant.kinds.begin(), claimant.kinds.end());
    // Of few among all that wait, by an index of their own: those that wait for nothing have a 0.
    auto const sql = fmt::format(
        "SELECT min(run_after) - now_ms() AS due_in FROM job WHERE state = 'queued'"
        " AND run_after > 0 AND run_after > now_ms() AND proto_min <= $1"
        " AND kind IN({})",
        kinds_from(2, claimant.kinds.size())
    );
    return database_.query(sql, values).front().maybe_integer("due_in");
}

std::optional<bool> JobQueue::heartbeat(
    Lease const& lease, std::int64_t lease_ms, std::int64_t progress, std::string_view stage
) {
    constexpr std::int64_t kBetweenEvents_ms = 250;
    STEMLATHE_ASSERT(progress >= 0 && progress <= 100);
    Transaction transaction{database_};
    auto const kept = database_.query(
        "UPDATE job SET lease_until = now_ms() + $3 WHERE id = $1 AND fence = $2"
        " AND state = 'leased' RETURNING cancel_req, tenant, session, subject",
        {lease.job, lease.fence, lease_ms}
    );
    if (kept.empty()) {
        return std::nullopt;
    }
    // The row holds what was told last, so what is left out now is told with the next heartbeat.
    auto const told = database_.query(
        "UPDATE job SET progress = $2, stage = $3, told = now_ms() WHERE id = $1"
        " AND told <= now_ms() - $4 AND (progress <> $2 OR COALESCE(stage, '') <> $3) RETURNING id",
        {lease.job, progress, std::string{stage}, kBetweenEvents_ms}
    );
    if (!told.empty()) {
        auto const& row = kept.front();
        tell(
            {.id = lease.job,
             .tenant = row.text("tenant"),
             .session = row.maybe_text("session"),
             .subject = row.text("subject")},
            kProgressEvent,
            fmt::format(
                R"({{"job":"{}","progress":{},"stage":{}}})", lease.job, progress, json_quote(stage)
            )
        );
    }
    commit(transaction, CrashSite::heartbeat_before_commit, CrashSite::heartbeat_after_commit);
    return kept.front().integer("cancel_req") != 0;
}

} // namespace stemlathe::service
