#pragma once

#include "host/profiles/catalogue.hpp"
#include "service/audit/thinner.hpp"
#include "service/blobs/blob_store.hpp"
#include "service/jobs/job_queue.hpp"
#include "service/store/database.hpp"
#include "service/webhooks/webhook_settings.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace stemlathe::service {

class JobFigures;
class RateLimits;
class SecretBox;
class ServiceFigures;
class SnapshotMaker;
class Uploads;

/// Of a clock that only goes forward.
[[nodiscard]] inline std::int64_t steady_clock_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch()
    )
        .count();
}

/// Limits of the API; each has a test.
struct ApiLimits {
    std::int64_t upload_bytes_max = std::int64_t{16} << 30U;
    std::int64_t uploads_per_tenant_max = 8; ///< written to at the same moment
    std::size_t document_bytes_max = std::size_t{1} << 20U;
    std::int64_t page_max = 200;
    std::int64_t stems_max = 64;
    std::int64_t comments_max = 1000;                        ///< of a session, replies included
    std::int64_t bin_ms = std::int64_t{30} * 24 * 3'600'000; ///< deleted sessions can be had back
    std::int64_t upload_life_ms = std::int64_t{7} * 24 * 3'600'000;
    std::int64_t idempotency_life_ms = std::int64_t{24} * 3'600'000;
};

/// What handlers answer with. All of it belongs to the application thread.
struct Services {
    Database& database;
    BlobStore& blobs;
    JobQueue& queue;
    ApiLimits limits{};
    std::string version{};
    std::string engine{};                 ///< of renders: version and commit
    std::function<void()> work_arrived{}; ///< wakes the workers
    std::function<bool()> is_draining{};
    SnapshotMaker* snapshots = nullptr; ///< none: the store has no need of them
    Uploads* uploads = nullptr;         ///< of this process; those of /v1/uploads need it
    ServiceFigures* figures = nullptr;  ///< of this process; none: only what the database tells
    JobFigures* job_figures = nullptr;  ///< as those
    RateLimits* rates = nullptr;        ///< none: everybody may ask as often as he likes
    ProfileCatalogue profiles{};        ///< the house's own, beside the built-in ones
    WebhookSettings webhook_settings{};
    SecretBox const* webhook_secrets = nullptr; ///< those of /v1/webhooks need it
    std::function<std::int64_t()> steady_ms{steady_clock_ms};
    AuditThinner refusals{{.time_ms = 60'000, .things_max = 200}}; ///< for note_refusal
    AuditThinner downloads{{.time_ms = 600'000, .things_max = 5'000, .writes_when_full = true}};
};

} // namespace stemlathe::service
