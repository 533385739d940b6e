#pragma once

#include "service/jobs/job_types.hpp"
#include "service/store/crash_point.hpp"
#include "service/store/database.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The queue inside the database: every change is one transaction, and whoever lost his lease can
/// change nothing (its fence is stale). All times are the database's.
namespace stemlathe::service {

/// Called in the transaction in which a job ends, once for each job: rows of renders and stems, and
/// their events, go with it. A throw undoes the end: whoever reported it gets the exception.
using OnJobEnd = std::function<void(Database&, JobEnd const&)>;

class JobQueue {
  public:
    /// The queue itself writes "job.queued", "job.started" and "job.progress".
    JobQueue(Database& database, QueueLimits limits, OnJobEnd on_end = {});

    /// Within the caller's transaction. @returns the job's id
    /// @throws QueueFull the tenant's or the whole queue's limit is reached; {not_found} no tenant
    std::string enqueue(NewJob const& job);

    /// The next job in fair order that the claimant can run, leased to him.
    [[nodiscard]] std::optional<Lease> claim(Claimant const& claimant);

    /// How long until a job of these kinds is due that waits after a shortage or a break; nothing
    /// where none does.
    [[nodiscard]] std::optional<std::int64_t> due_in_ms(Claimant const& claimant);

    /// Keeps the lease; progress becomes an event where it changed, at most 4 times a second.
    /// @param progress  0..100
    /// @returns nothing when the lease is lost: stop at once; else whether it shall be cancelled
    [[nodiscard]] std::optional<bool> heartbeat(
        Lease const& lease, std::int64_t lease_ms, std::int64_t progress, std::string_view stage
    );

    /// Outputs, result and state in one commit. The blobs have been published.
    /// @returns false: the lease was lost, throw the work away
    [[nodiscard]] bool
    complete(Lease const& lease, std::vector<Output> const& outputs, std::string_view result);

    /// What becomes of the job: see Outcome. @returns false: the lease was lost
    [[nodiscard]] bool
    fail(Lease const& lease, Outcome outcome, std::string_view code, std::string_view sentence);

    /// Gives the job back unharmed (drain): the attempt does not count.
    /// @returns false: the lease was lost
    bool release(Lease const& lease);

    /// Ends a lease that was asked to cancel. @returns false: it was not, or the lease was lost
    bool cancelled(Lease const& lease);

    /// A waiting job ends at once, a running one is asked to. Within the caller's transaction where
    /// there is one.
    /// @returns false: it is over already (the cancel lost the race), or there is no such job
    [[nodiscard]] bool cancel(std::string const& job);

    /// Takes back what dead workers hold, a hundred jobs at a time. @returns how many
    std::int64_t reap();

    [[nodiscard]] std::optional<JobStatus> find(std::string const& job);
    /// Rows of `job`, found by an index: there are as many as the house ever had.
    [[nodiscard]] Rows list(JobPage const& page);
    /// Its leases, the first one first.
    [[nodiscard]] std::vector<Attempt> attempts(std::string const& job);
    /// @returns nothing where the job does not wait
    [[nodiscard]] std::optional<Place> place(std::string const& job);

  private:
    struct Held; ///< a job's row as far as an end needs it

    [[nodiscard]] std::int64_t slots();
    [[nodiscard]] bool cancel_now(std::string const& job);
    void refuse_when_full(NewJob const& job, std::int64_t queued_max);
    [[nodiscard]] std::optional<Held> held(Lease const& lease);
    [[nodiscard]] static Held held_of(Row const& row);
    void finish(Held const& job, JobEnd end);
    void break_off(Held const& job, std::string_view code, std::string_view sentence);
    void fall_short(Held const& job, std::string_view code, std::string_view sentence);
    void put_back(Held const& job, std::int64_t wait_ms, std::string_view reason);
    void count_waiting(Held const& job, std::int64_t more);
    void end_attempt(Held const& job, std::string_view outcome, std::string_view detail);
    void tell(Held const& job, std::string_view type, std::string const& data);

    Database& database_;
    QueueLimits limits_;
    OnJobEnd on_end_;
};

} // namespace stemlathe::service
