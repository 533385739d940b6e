#include "service/agent/close_lease.hpp"

#include "kernels/base/failure.hpp"
#include "service/agent/retry_class.hpp"
#include "service/log/log.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <thread>

namespace stemlathe::service {

namespace {

std::string_view name_of(Ending::Kind kind) noexcept {
    switch (kind) {
    case Ending::Kind::done:
        return "done";
    case Ending::Kind::failed:
        return "failed";
    case Ending::Kind::cancelled:
        return "cancelled";
    case Ending::Kind::released:
        return "released";
    case Ending::Kind::lost:
        return "lost";
    }
    return "";
}

/// @returns false: the lease was lost
bool close(
    JobQueue& queue, Lease const& lease, Ending const& ending, std::vector<Output> const& outputs
) {
    switch (ending.kind) {
    case Ending::Kind::done:
        return queue.complete(lease, outputs, boost::json::serialize(ending.result));
    case Ending::Kind::failed:
        return queue.fail(lease, retry_class(ending.code), ending.code, ending.sentence);
    case Ending::Kind::cancelled:
        return queue.cancelled(lease);
    case Ending::Kind::released:
        return queue.release(lease);
    case Ending::Kind::lost:
        return false;
    }
    return false;
}

/// Whether the lease ended well already: the queue was told before, and its answer got lost.
bool was_closed(Database& database, Lease const& lease) {
    return !database
                .query(
                    "SELECT job FROM attempt WHERE job=$1 AND fence=$2 AND outcome<>'lost'",
                    {lease.job, lease.fence}
                )
                .empty();
}

/// The database is away, or full, for now.
bool is_passing(std::exception const& error) {
    auto const* const failure = dynamic_cast<Failure const*>(&error);
    return failure != nullptr &&
           (failure->code() == Code::storage_failed || failure->code() == Code::storage_full);
}

/// So long the queue is told again: the lease was kept until now, and when the database is back,
/// whoever comes first decides. A worker that goes is waited for.
std::chrono::milliseconds patience_of(Workplace const& workplace) {
    constexpr std::chrono::milliseconds kWhenGoing{10'000};
    auto const lease = workplace.settings.lease;
    return workplace.is_over ? std::min(lease, kWhenGoing) : lease;
}

void report_end(Lease const& lease, Ending const& ending, bool is_closed) {
    bool const is_well = is_closed && ending.kind != Ending::Kind::failed;
    bool const is_refused = !is_closed && ending.kind != Ending::Kind::lost;
    auto const* const refusal = "the database refused what came of it: the lease was lost";
    log(is_well ? LogLevel::info : LogLevel::warning,
        "job ended",
        {{"job", lease.job},
         {"kind", lease.kind},
         {"attempt", lease.attempt},
         {"ending", is_closed ? name_of(ending.kind) : name_of(Ending::Kind::lost)},
         {"code", ending.code},
         {"message", is_refused ? refusal : ending.sentence}});
}

} // namespace

void close_lease(
    Workplace& workplace,
    Lease const& lease,
    Ending const& ending,
    std::vector<Output> const& outputs
) noexcept {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds kBetweenTries{250};
    auto const begun = Clock::now();
    for (bool is_again = false;; is_again = true) {
        try {
            bool is_closed = false;
            if (ending.kind != Ending::Kind::lost) {
                workplace.on_store([&](Database& database) {
                    is_closed = close(workplace.queue, lease, ending, outputs) ||
                                (is_again && was_closed(database, lease));
                });
            }
            report_end(lease, ending, is_closed);
            return;
        } catch (std::exception const& failure) {
            // Once more in any case: whoever was stopped in between hears what became of it.
            bool const is_last = !is_passing(failure) ||
                                 (is_again && Clock::now() - begun >= patience_of(workplace));
            log(is_last ? LogLevel::error : LogLevel::warning,
                is_last ? "job could not be ended" : "the end of a job waits for the database",
                {{"job", lease.job}, {"message", failure.what()}});
            if (is_last) {
                return;
            }
        }
        std::this_thread::sleep_for(kBetweenTries);
    }
}

Ending ending_of(std::exception const& failure) {
    auto code = Code::internal;
    if (auto const* const known = dynamic_cast<Failure const*>(&failure)) {
        code = known->code();
    } else if (dynamic_cast<std::bad_alloc const*>(&failure) != nullptr) {
        code = Code::out_of_memory;
    }
    return {.code = std::string{stemlathe::name_of(code)}, .sentence = failure.what()};
}

} // namespace stemlathe::service
