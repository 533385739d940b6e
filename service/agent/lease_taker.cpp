#include "service/agent/lease_taker.hpp"

#include "service/jobs/retry.hpp"
#include "service/log/log.hpp"
#include "service/store/ids.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <utility>

namespace stemlathe::service {

std::optional<Lease> LeaseTaker::take(Claimant claimant) {
    claimant.owner = workplace_.settings.id;
    claimant.lease_ms = workplace_.settings.lease.count();
    claimant.engine = workplace_.settings.engine;
    claimant.engine_wait_ms = workplace_.settings.engine_wait.count();
    claimant.is_repeated = !in_doubt_.key.empty();
    claimant.key = claimant.is_repeated ? in_doubt_.key : make_id("clm");
    in_doubt_ = claimant;
    due_in_ms_.reset();
    try {
        auto lease = workplace_.ask([&](JobQueue& queue) {
            auto found = queue.claim(claimant);
            if (!found) {
                due_in_ms_ = queue.due_in_ms(claimant);
            }
            return found;
        });
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

std::chrono::milliseconds LeaseTaker::nap() {
    auto const& settings = workplace_.settings;
    auto const seed = attempt_seed(0, settings.id, ++naps_);
    auto const half = std::max<std::int64_t>(settings.idle.count() / 2, 1);
    auto const more = static_cast<std::int64_t>(seed % static_cast<std::uint64_t>(half));
    auto const nap_ms = settings.idle.count() * 3 / 4 + more;
    return std::chrono::milliseconds{std::min(nap_ms, due_in_ms_.value_or(nap_ms))};
}

} // namespace stemlathe::service
