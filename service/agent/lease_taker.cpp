#include "service/agent/lease_taker.hpp"

#include "service/log/log.hpp"
#include "service/store/ids.hpp"

#include <exception>
#include <random>
#include <utility>

namespace stemlathe::service {

std::optional<Lease> LeaseTaker::take(Claimant claimant) {
    claimant.owner = workplace_.settings.id;
    claimant.lease_ms = workplace_.settings.lease.count();
    claimant.is_repeated = !in_doubt_.key.empty();
    claimant.key = claimant.is_repeated ? in_doubt_.key : make_id("clm");
    in_doubt_ = claimant;
    try {
        auto lease = workplace_.ask([&](JobQueue& queue) { return queue.claim(claimant); });
        in_doubt_.key.clear();
        return lease;
    } catch (std::exception const& failure) {
        log(LogLevel::error, "claim failed", {{"message", failure.what()}});
        return std::nullopt;
    }
}

void LeaseTaker::end() noexcept {
    if (in_doubt_.key.empty()) {
        return;
    }
    try {
        in_doubt_.is_repeated = true;
        in_doubt_.kinds = {"none"}; // only what it has already
        workplace_.on_store([&](Database&) {
            if (auto const lease = workplace_.queue.claim(in_doubt_)) {
                workplace_.queue.release(*lease);
            }
        });
    } catch (std::exception const& failure) {
        log(LogLevel::warning, "a lease may run out", {{"message", failure.what()}});
    }
}

std::chrono::milliseconds LeaseTaker::nap() const {
    thread_local std::minstd_rand dice{std::random_device{}()};
    auto const idle = workplace_.settings.idle.count();
    std::uniform_int_distribution<std::int64_t> around{idle * 3 / 4, idle * 5 / 4};
    return std::chrono::milliseconds{around(dice)};
}

} // namespace stemlathe::service
