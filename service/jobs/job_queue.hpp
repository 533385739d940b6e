#pragma once

#include "service/blobs/blob_store.hpp"
#include "service/store/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The queue inside the database: every change is one transaction, and whoever lost his lease can
/// change nothing (its fence is stale).
namespace stemlathe::service {

struct NewJob {
    std::string tenant{};
    std::string kind = "render";  ///< probe, render, analysis
    std::string klass = "normal"; ///< preview, normal, bulk
    std::string spec{};           ///< JSON: all that the executor needs
    std::int64_t cost_ms = 0;     ///< estimated time on one machine
    bool needs_gpu = false;
    std::int64_t gpu_mb = 0;
};

struct Lease {
    std::string job{};
    std::string tenant{};
    std::string kind{};
    std::string spec{};
    std::int64_t fence = 0;
    std::int64_t attempt = 0;
};

/// One file that a job made.
struct Output {
    std::string name{}; ///< relative, "masters/cd/song.wav"
    std::string profile{};
    Blob blob{};
};

/// How an attempt failed, and so what becomes of the job (reference: retry classes).
enum class Outcome : std::uint8_t {
    input,    ///< the audio or the plan: failed, never again
    shortage, ///< memory or disk short: queued again, the attempt does not count
    broken,   ///< a crash, a lost lease, storage: again, at most max_attempts times
};

struct Claimant {
    std::string owner{};
    std::vector<std::string> kinds{};
    bool has_gpu = false;
    std::int64_t gpu_mb = 0;
    std::int64_t lease_ms = 30'000;
    bool previews_only = false; ///< a slot that is kept for previews
};

/// What the queue lets in.
struct QueueLimits {
    std::int64_t queued_cost_ms_max = 4 * 3'600'000; ///< of all tenants together
};

class JobQueue {
  public:
    JobQueue(Database& database, QueueLimits limits) noexcept;

    /// Within the caller's transaction. @returns the job's id
    /// @throws QueueFull the tenant's or the whole queue's limit is reached
    std::string enqueue(NewJob const& job);
    [[nodiscard]] std::optional<Lease> claim(Claimant const& claimant);
    /// @returns nothing when the lease is lost: stop at once; else whether it shall be cancelled
    [[nodiscard]] std::optional<bool> heartbeat(
        Lease const& lease, std::int64_t lease_ms, std::int64_t progress, std::string_view stage
    );
    /// Outputs, result and state in one commit. @returns false: the lease was lost, throw it away
    [[nodiscard]] bool
    complete(Lease const& lease, std::vector<Output> const& outputs, std::string_view result);
    [[nodiscard]] bool
    fail(Lease const& lease, Outcome outcome, std::string_view code, std::string_view sentence);
    /// Gives the job back unharmed (drain): the attempt does not count.
    bool release(Lease const& lease);
    /// Ends a lease that was asked to cancel.
    bool cancelled(Lease const& lease);
    /// @returns false: it is over already (the cancel lost the race)
    [[nodiscard]] bool cancel(std::string const& job);
    /// Takes back what dead workers hold. @returns how many
    std::int64_t reap();

  private:
    Database& database_;
    QueueLimits limits_;
};

} // namespace stemlathe::service
