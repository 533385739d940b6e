#include "service/jobs/job_queue.hpp"

#include "kernels/base/assert.hpp"
#include "service/blobs/blob_rows.hpp"
#include "service/jobs/held.hpp"
#include "service/jobs/retry.hpp"

#include <fmt/format.h>

#include <utility>

namespace stemlathe::service {

namespace {

/// On how many devices the job's executors crashed. One device may be sick; executors that were
/// killed from outside and workers that were lost say nothing of the job.
std::int64_t devices_broken_by(Database& database, std::string const& job) {
    auto const rows = database.query(
        "SELECT count(DISTINCT device) AS devices FROM attempt WHERE job = $1"
        " AND outcome = 'broken' AND detail LIKE 'device_lost:%'",
        {job}
    );
    return rows.front().integer("devices");
}

} // namespace

JobQueue::JobQueue(Database& database, QueueLimits limits, OnJobEnd on_end)
    : database_(database), limits_(limits), on_end_(std::move(on_end)) {
    STEMLATHE_ASSERT(limits_.slots > 0);
}

/// `end` holds the state and what goes with it.
void JobQueue::finish(Held const& job, JobEnd end) {
    auto const rows = database_.query(
        "UPDATE job SET state = $3, result = $4, error_code = $5, error = $6, finished = now_ms(),"
        " owner = NULL, lease_until = 0, progress = CASE WHEN $3 = 'succeeded' THEN 100 ELSE "
        "progress END, engine = CASE WHEN $3 = 'succeeded' THEN $7 ELSE engine END"
        " WHERE id = $1 AND fence = $2 AND state IN('queued', 'leased') RETURNING id",
        {job.id,
         job.fence,
         end.state,
         end.result.empty() ? Value{nullptr} : Value{end.result},
         end.code.empty() ? Value{nullptr} : Value{end.code},
         end.sentence.empty() ? Value{nullptr} : Value{end.sentence},
         end.engine}
    );
    STEMLATHE_ASSERT(rows.size() == 1);
    end.job = job.id;
    end.tenant = job.tenant;
    end.session = job.session;
    end.subject = job.subject;
    end.kind = job.kind;
    end.spec = job.spec;
    if (on_end_) {
        on_end_(database_, end);
    }
}

void JobQueue::put_back(Held const& job, std::int64_t wait_ms, std::string_view reason) {
    database_.query(
        "UPDATE job SET state = 'queued', run_after = now_ms() + $3, owner = NULL, lease_until = 0,"
        " attempt = $4, shortages = $5 WHERE id = $1 AND fence = $2 AND state = 'leased'",
        {job.id, job.fence, wait_ms, job.attempt, job.shortages}
    );
    count_waiting(job, 1);
    tell(
        job,
        "job.queued",
        fmt::format(
            R"({{"job":"{}","kind":"{}","reason":"{}","wait_ms":{}}})",
            job.id,
            job.kind,
            reason,
            wait_ms
        )
    );
}

void JobQueue::break_off(Held const& job, std::string_view code, std::string_view sentence) {
    auto const devices = devices_broken_by(database_, job.id);
    bool const is_poison = devices > 1;
    if (is_poison || job.attempt >= job.attempts_max) {
        auto const set_aside =
            fmt::format("set aside, for it broke its executors on {} devices: ", devices);
        finish(
            job,
            {.state = "dead",
             .code = std::string{code},
             .sentence = (is_poison ? set_aside : "") + std::string{sentence}}
        );
        return;
    }
    database_.query(
        "UPDATE job SET error_code = $2, error = $3 WHERE id = $1",
        {job.id, std::string{code}, std::string{sentence}}
    );
    auto const seed = attempt_seed(limits_.seed, job.id, job.fence);
    put_back(job, broken_wait_ms(job.attempt, seed), "broken");
}

void JobQueue::fall_short(Held const& job, std::string_view code, std::string_view sentence) {
    if (is_too_short(job.shortages + 1)) {
        finish(
            job, {.state = "failed", .code = std::string{code}, .sentence = std::string{sentence}}
        );
        return;
    }
    auto again = job;
    --again.attempt;
    ++again.shortages;
    put_back(again, shortage_wait_ms(job.shortages), "shortage");
}

bool JobQueue::complete(
    Lease const& lease, std::vector<Output> const& outputs, std::string_view result
) {
    crash_point(CrashSite::complete_before_begin);
    Transaction transaction{database_};
    auto const job = held(lease);
    if (!job) {
        return false;
    }
    for (auto const& output : outputs) {
        note_blob(database_, output.blob);
        database_.query(
            "INSERT INTO output(job, name, digest, bytes, profile, fence)"
            " VALUES($1, $2, $3, $4, $5, $6)",
            {job->id,
             output.name,
             output.blob.digest,
             output.blob.bytes,
             output.profile.empty() ? Value{nullptr} : Value{output.profile},
             job->fence}
        );
    }
    end_attempt(*job, "succeeded", "");
    finish(*job, {.state = "succeeded", .result = std::string{result}, .engine = lease.engine});
    commit(transaction, CrashSite::complete_before_commit, CrashSite::complete_after_commit);
    return true;
}

bool JobQueue::fail(
    Lease const& lease, Outcome outcome, std::string_view code, std::string_view sentence
) {
    Transaction transaction{database_};
    auto const job = held(lease);
    if (!job) {
        return false;
    }
    auto const detail = fmt::format("{}: {}", code, sentence);
    switch (outcome) {
    case Outcome::input:
        end_attempt(*job, "input", detail);
        finish(
            *job, {.state = "failed", .code = std::string{code}, .sentence = std::string{sentence}}
        );
        break;
    case Outcome::shortage:
        end_attempt(*job, "shortage", detail);
        job->is_cancel_asked ? finish(*job, {.state = "canceled"})
                             : fall_short(*job, code, sentence);
        break;
    case Outcome::broken:
        end_attempt(*job, "broken", detail);
        job->is_cancel_asked ? finish(*job, {.state = "canceled"})
                             : break_off(*job, code, sentence);
        break;
    }
    commit(transaction, CrashSite::fail_before_commit, CrashSite::fail_after_commit);
    return true;
}

bool JobQueue::release(Lease const& lease) {
    Transaction transaction{database_};
    auto job = held(lease);
    if (!job) {
        return false;
    }
    end_attempt(*job, "released", "");
    if (job->is_cancel_asked) {
        finish(*job, {.state = "canceled"});
    } else {
        --job->attempt;
        put_back(*job, 0, "released");
    }
    commit(transaction, CrashSite::release_before_commit, CrashSite::release_after_commit);
    return true;
}

bool JobQueue::cancelled(Lease const& lease) {
    Transaction transaction{database_};
    auto const job = held(lease);
    if (!job || !job->is_cancel_asked) {
        return false;
    }
    end_attempt(*job, "canceled", "");
    finish(*job, {.state = "canceled"});
    commit(transaction, CrashSite::cancelled_before_commit, CrashSite::cancelled_after_commit);
    return true;
}

} // namespace stemlathe::service
