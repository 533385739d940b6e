#include "service/agent/close_lease.hpp"

#include "kernels/base/failure.hpp"
#include "service/agent/retry_class.hpp"
#include "service/log/log.hpp"

#include <boost/json/serialize.hpp>

#include <exception>
#include <new>

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

} // namespace

void close_lease(
    Workplace& workplace,
    Lease const& lease,
    Ending const& ending,
    std::vector<Output> const& outputs
) noexcept {
    try {
        bool const is_closed =
            ending.kind != Ending::Kind::lost &&
            workplace.ask([&](JobQueue& queue) { return close(queue, lease, ending, outputs); });
        bool const is_well = is_closed && ending.kind != Ending::Kind::failed;
        log(is_well ? LogLevel::info : LogLevel::warning,
            "job ended",
            {{"job", lease.job},
             {"kind", lease.kind},
             {"attempt", lease.attempt},
             {"ending", is_closed ? name_of(ending.kind) : name_of(Ending::Kind::lost)},
             {"code", ending.code},
             {"message", ending.sentence}});
    } catch (std::exception const& failure) {
        log(LogLevel::error,
            "job could not be ended",
            {{"job", lease.job}, {"message", failure.what()}});
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
