#include "formats/checksum.hpp"
#include "host/engine_generation.hpp"
#include "kernels/base/assert.hpp"
#include "kernels/base/failure.hpp"
#include "service/jobs/fair_share.hpp"
#include "service/jobs/held.hpp"
#include "service/jobs/queue_full.hpp"
#include "service/store/ids.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe::service {

namespace {

std::int64_t seconds_of(std::int64_t ms) {
    constexpr std::int64_t kMost_s = 3'600;
    return std::clamp<std::int64_t>((ms + 999) / 1'000, 1, kMost_s);
}

/// Workers that do not mind a job's engine are all of the first one.
std::int64_t protocol_of(NewJob const& job) {
    constexpr std::int64_t kMindsEngines = 2;
    bool const is_first = job.engine.value_or(kFirstEngine) == kFirstEngine;
    return is_first ? job.protocol : std::max(job.protocol, kMindsEngines);
}

} // namespace

void JobQueue::refuse_when_full(NewJob const& job, std::int64_t queued_max) {
    auto const all = load_of(database_.query(kLoad));
    auto const own =
        load_of(database_.query(std::string{kLoad} + " WHERE tenant = $1", {job.tenant}));
    bool const is_full =
        own.jobs >= queued_max || all.cost_ms + job.cost_ms > limits_.queued_cost_ms_max;
    auto const at_a_time = is_full ? slots() : 1;
    if (own.jobs >= queued_max) {
        // In fair order the whole queue passes while all of the client's does: his next place
        // comes free after his share of it.
        throw QueueFull{
            fmt::format(
                "{} jobs of this client wait already, {} may; send it again when one has run",
                own.jobs,
                queued_max
            ),
            seconds_of(all.cost_ms / at_a_time / std::max<std::int64_t>(own.jobs, 1))};
    }
    if (all.cost_ms + job.cost_ms > limits_.queued_cost_ms_max) {
        throw QueueFull{
            fmt::format(
                "the queue holds work for {} minutes, and with this job more than the {} that it"
                " takes in; send it again later",
                all.cost_ms / at_a_time / 60'000,
                limits_.queued_cost_ms_max / at_a_time / 60'000
            ),
            seconds_of((all.cost_ms + job.cost_ms - limits_.queued_cost_ms_max) / at_a_time)};
    }
}

std::string JobQueue::enqueue(NewJob const& job) {
    STEMLATHE_ASSERT(database_.in_transaction());
    auto const weight = class_weight(job.klass);
    STEMLATHE_ASSERT(weight > 0 && job.cost_ms >= 0);
    auto const tenants =
        database_.query("SELECT weight, max_queued FROM tenant WHERE id = $1", {job.tenant});
    if (tenants.empty()) {
        throw Failure{Code::not_found, fmt::format("there is no client {}", job.tenant)};
    }
    refuse_when_full(job, tenants.front().integer("max_queued"));

    auto const step = virtual_step(job.cost_ms, tenants.front().integer("weight"), weight);
    auto const now = database_.query(
        "SELECT CAST(COALESCE(max(vstart), 0) AS BIGINT) AS v FROM job WHERE fence > 0"
    );
    auto const flow = database_.query(
        "INSERT INTO flow(tenant, class, vlast, waiting, waiting_cost) VALUES($1, $2, $3 + $4, 1, "
        "$5)"
        " ON CONFLICT(tenant, class) DO UPDATE SET"
        " waiting = flow.waiting + 1, waiting_cost = flow.waiting_cost + $5,"
        " vlast = CASE WHEN flow.vlast > $3 THEN flow.vlast ELSE $3 END + $4 RETURNING vlast",
        {job.tenant, job.klass, now.front().integer("v"), step, job.cost_ms}
    );
    auto const vfinish = flow.front().integer("vlast");
    auto const id = make_id("job");
    auto const subject = job.subject.empty() ? id : job.subject;
    database_.query(
        "INSERT INTO job(id, tenant, session, subject, kind, class, state, spec, spec_digest, "
        "vstart,"
        " vfinish, cost, need_gpu, gpu_mb, proto_min, max_attempts, engine, created)"
        " VALUES($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9, $10, $11, $12, $13, $14, $15, "
        "$16, now_ms())",
        {id,
         job.tenant,
         value_of(job.session),
         subject,
         job.kind,
         job.klass,
         job.spec,
         sha256_of_text(job.spec),
         vfinish - step,
         vfinish,
         job.cost_ms,
         std::int64_t{job.needs_gpu ? 1 : 0},
         job.gpu_mb,
         protocol_of(job),
         job.attempts_max,
         value_of(job.engine)}
    );
    tell(
        {.id = id, .tenant = job.tenant, .session = job.session, .subject = subject},
        "job.queued",
        fmt::format(R"({{"job":"{}","kind":"{}","class":"{}"}})", id, job.kind, job.klass)
    );
    return id;
}

} // namespace stemlathe::service
