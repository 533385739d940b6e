#pragma once

#include "service/blobs/blob_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What goes into the queue and comes out of it.
namespace stemlathe::service {

/// What this program understands of jobs. It grows when a job asks for something that a worker of
/// the version before would leave out or do otherwise; such a job then names it in
/// NewJob::protocol, and older workers leave it to newer ones.
///
/// 2: a job's engine is minded.
inline constexpr std::int64_t kJobProtocol = 2;

/// The newest file of service/store/schema that a worker's statements need: on a database without
/// it, a worker waits for a service of its version. Raised together with such a file.
inline constexpr std::int64_t kWorkerSchema = 11;

struct NewJob {
    std::string tenant{};
    std::optional<std::string> session = std::nullopt;
    std::string subject{};        ///< the render or stem that its events are about; empty: the job
    std::string kind = "render";  ///< probe, render, analysis
    std::string klass = "normal"; ///< preview, normal, bulk
    std::string spec{};           ///< JSON: all that the executor needs
    std::int64_t cost_ms = 0;     ///< estimated time on one machine
    bool needs_gpu = false;
    std::int64_t gpu_mb = 0;
    std::int64_t protocol = 1; ///< the least that a worker must speak
    /// The engine that is wanted (host/engine_generation.hpp), as long as a worker has it.
    std::optional<std::int64_t> engine = std::nullopt;
    std::int64_t attempts_max = 5;
};

struct Lease {
    std::string job{};
    std::string tenant{};
    std::string subject{};
    std::string kind{};
    std::string spec{};
    std::int64_t fence = 0;   ///< grows with each lease of the job
    std::int64_t attempt = 0; ///< from 1
    std::int64_t engine = 1;  ///< of whoever has it
};

/// One file that a job made.
struct Output {
    std::string name{}; ///< relative, "masters/cd/song.wav"
    std::string profile{};
    Blob blob{};
};

/// How an attempt failed, and so what becomes of the job.
enum class Outcome : std::uint8_t {
    input,    ///< the audio or the plan: failed, never again
    shortage, ///< memory or disk short: queued again, the attempt does not count; failed once it
              ///< has waited for half an hour
    broken,   ///< a crash, a lost lease, storage: again, at most attempts_max times, then dead
};

struct Claimant {
    std::string owner{};
    std::optional<std::string> device = std::nullopt; ///< kept with the attempt
    std::vector<std::string> kinds{};                 ///< at least one
    bool has_gpu = false;
    std::int64_t gpu_mb = 0;
    std::int64_t protocol = kJobProtocol;
    std::int64_t engine = 1;
    /// So long jobs are left to another engine whose workers are not heard of any more.
    std::int64_t engine_wait_ms = 180'000;
    std::int64_t lease_ms = 30'000;
    bool previews_only = false; ///< a slot that is kept for previews
    std::string key{};          ///< names this claim; empty: it cannot be asked for again
    bool is_repeated = false;   ///< the answer to a claim of this key was lost: take what it leased
};

/// What the queue lets in.
struct QueueLimits {
    std::int64_t queued_cost_ms_max = std::int64_t{4} * 3'600'000; ///< of all tenants together
    std::int64_t slots = 1; ///< jobs that run at a time where no worker says how many it runs;
                            ///< estimates are divided by it
    std::uint64_t seed = 0; ///< of the random part of waiting times
};

/// A job that is over.
struct JobEnd {
    std::string job{};
    std::string tenant{};
    std::optional<std::string> session = std::nullopt;
    std::string subject{};
    std::string kind{};
    std::string spec{};
    std::string state{};  ///< succeeded, failed, canceled, dead
    std::string result{}; ///< of one that succeeded, and:
    std::int64_t engine = 0;
    std::string code{}; ///< of one that failed or is dead, and in words:
    std::string sentence{};
};

struct JobStatus {
    std::string job{};
    std::string tenant{};
    std::string subject{};
    std::string kind{};
    std::string klass{};
    std::string state{}; ///< queued, leased, or as in JobEnd
    std::int64_t progress = 0;
    std::optional<std::string> stage = std::nullopt;
    std::int64_t attempt = 0;
    std::int64_t fence = 0;
    bool is_cancel_asked = false;
    std::optional<std::string> error_code = std::nullopt; ///< also of an attempt that is repeated
    std::optional<std::string> error = std::nullopt;
    std::optional<std::string> result = std::nullopt;
    std::int64_t created_ms = 0;
    std::optional<std::int64_t> started_ms = std::nullopt; ///< its last attempt
    std::optional<std::int64_t> finished_ms = std::nullopt;
};

/// One lease of a job. A job that was `broken` or `lost` on two devices is poison.
struct Attempt {
    std::int64_t fence = 0;
    std::string owner{};
    std::optional<std::string> device = std::nullopt;
    std::int64_t started_ms = 0;
    std::optional<std::int64_t> ended_ms = std::nullopt;
    std::optional<std::string> outcome = std::nullopt; ///< succeeded, input, shortage, broken,
                                                       ///< lost, released, canceled
    std::optional<std::string> detail = std::nullopt;
};

/// A page of the list of all jobs, in the order of their ids.
struct JobPage {
    std::vector<std::string_view> states{}; ///< as in JobStatus::state; empty: any
    std::int64_t changed_since_ms = 0;      ///< 0: whenever
    std::string after{};                    ///< the last id of the page before
    std::int64_t rows_max = 0;
};

/// Where a waiting job stands among those of its kind.
struct Place {
    std::optional<std::int64_t>
        position{};           ///< from 1: it is next; nothing behind a thousand others
    std::int64_t wait_ms = 0; ///< estimated from costs until it starts
};

} // namespace stemlathe::service
