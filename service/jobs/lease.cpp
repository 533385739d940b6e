#include "kernels/base/assert.hpp"
#include "service/jobs/held.hpp"
#include "service/store/events.hpp"
#include "service/store/json_quote.hpp"

#include <fmt/format.h>

namespace stemlathe::service {

namespace {

/// The pick is materialised: a planner may run a sub-select with a LIMIT more than once, and would
/// then lease more than one job.
constexpr std::string_view kClaim = R"sql(
WITH pick AS MATERIALIZED (
  SELECT j.id FROM job j
  WHERE j.state = 'queued' AND j.run_after <= now_ms() AND j.proto_min <= $5
    AND j.need_gpu <= $3 AND ($3 = 0 OR j.gpu_mb <= $4)
    AND ($6 = 0 OR j.class = 'preview') AND j.kind IN({kinds}) AND {engine}
    AND (SELECT count(*) FROM job r WHERE r.tenant = j.tenant AND r.kind = j.kind
         AND r.state = 'leased') < (SELECT t.max_running FROM tenant t WHERE t.id = j.tenant)
  ORDER BY j.vfinish, j.id LIMIT 1{skip_locked})
UPDATE job SET state = 'leased', fence = fence + 1, attempt = attempt + 1, owner = $1, claim = $7,
  lease_until = now_ms() + $2, started = now_ms(), progress = 0, stage = NULL, told = 0
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

/// "$3, $4": places of `count` values from the first one on.
std::string places_from(std::size_t first, std::size_t count) {
    std::string places;
    for (std::size_t i = 0; i < count; ++i) {
        places += fmt::format("{}${}", i == 0 ? "" : ", ", first + i);
    }
    return places;
}

std::string claim_sql(std::size_t kinds, std::string_view skip_locked) {
    constexpr std::size_t kEngine = 8;
    constexpr std::size_t kFirst = kEngine + 2;
    // Qualified for PostgreSQL, where pick.id is an id too.
    std::string columns = "job.id AS id";
    columns += kHeldColumns.substr(std::string_view{"id"}.size());
    return fmt::format(
        fmt::runtime(kClaim),
        fmt::arg("kinds", places_from(kFirst, kinds)),
        fmt::arg("engine", engine_sql(kEngine, kEngine + 1)),
        fmt::arg("skip_locked", skip_locked),
        fmt::arg("columns", columns)
    );
}

/// Whether a claim may find anything. Asked before it takes its turn: hundreds of idle workers hear
/// of every new job, and most of them come too late.
bool is_any_waiting(Database& database, Claimant const& claimant) {
    std::vector<Value> values{claimant.protocol, claimant.engine, claimant.engine_wait_ms};
    values.insert(values.end(), claimant.kinds.begin(), claimant.kinds.end());
    auto const sql = fmt::format(
        "SELECT j.id FROM job j WHERE j.state = 'queued' AND j.run_after <= now_ms()"
        " AND j.proto_min <= $1 AND {} AND j.kind IN({}) LIMIT 1",
        engine_sql(2, 3),
        places_from(4, claimant.kinds.size())
    );
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
    std::vector<Value> values{
        claimant.owner,
        claimant.lease_ms,
        std::int64_t{claimant.has_gpu ? 1 : 0},
        claimant.gpu_mb,
        claimant.protocol,
        std::int64_t{claimant.previews_only ? 1 : 0},
        claimant.key.empty() ? Value{nullptr} : Value{claimant.key},
        claimant.engine,
        claimant.engine_wait_ms};
    values.insert(values.end(), claimant.kinds.begin(), claimant.kinds.end());

    Transaction transaction{database_};
    auto const rows =
        database_.query(claim_sql(claimant.kinds.size(), database_.skip_locked()), values);
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
    auto const sql = fmt::format(
        "SELECT min(run_after) - now_ms() AS due_in FROM job WHERE state = 'queued'"
        " AND run_after > now_ms() AND proto_min <= $1 AND kind IN({})",
        places_from(2, claimant.kinds.size())
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
