#include "service/agent/small_job_slot.hpp"

#include "service/agent/close_lease.hpp"
#include "service/agent/lease_keeper.hpp"

#include <boost/json/parse.hpp>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

namespace stemlathe::service {

namespace {

constexpr std::chrono::milliseconds kStep{50};

/// A worker that goes waits so long for a small job: it is done anew in no time, and whoever ended
/// the worker waits for it.
constexpr std::chrono::milliseconds kDrain{1'000};

/// Asks work to stop when its lease is lost, its job is cancelled or the worker goes.
std::jthread
watch(Workplace const& workplace, LeaseKeeper const& keeper, std::stop_source const& work) {
    return std::jthread{[&workplace, &keeper, work](std::stop_token const& stop) mutable {
        std::mutex mutex;
        std::condition_variable_any never;
        auto patience = kDrain;
        while (!stop.stop_requested()) {
            patience -= workplace.is_draining ? kStep : std::chrono::milliseconds{0};
            bool const is_going = workplace.is_over || patience.count() <= 0;
            if (is_going || keeper.is_lost() || keeper.is_cancel_asked()) {
                work.request_stop();
                return;
            }
            std::unique_lock lock{mutex};
            never.wait_for(lock, stop, kStep, [] { return false; });
        }
    }};
}

/// What became of work that was cut off, or failed by itself.
Ending ending_after(std::exception const& failure, LeaseKeeper const& keeper, bool is_stopped) {
    if (keeper.is_lost()) {
        return {.kind = Ending::Kind::lost};
    }
    if (keeper.is_cancel_asked()) {
        return {.kind = Ending::Kind::cancelled};
    }
    return is_stopped ? Ending{.kind = Ending::Kind::released} : ending_of(failure);
}

} // namespace

SmallJobSlot::SmallJobSlot(Workplace& workplace, std::string kind, SmallJob job)
    : workplace_{workplace},
      taker_{workplace},
      kind_{std::move(kind)},
      job_{std::move(job)},
      thread_{[this] {
          work();
      }} {}

void SmallJobSlot::work() {
    while (!workplace_.is_draining) {
        auto const rings = workplace_.bell.rings();
        if (auto const lease = claim()) {
            work_on(*lease);
        } else {
            workplace_.bell.wait(rings, taker_.nap());
        }
    }
    taker_.end();
    has_ended_ = true;
    workplace_.bell.ring();
}

std::optional<Lease> SmallJobSlot::claim() {
    return taker_.take({.kinds = {kind_}});
}

void SmallJobSlot::work_on(Lease const& lease) {
    Ending ending;
    {
        LeaseKeeper const keeper{workplace_, lease};
        std::stop_source const stop;
        auto const watcher = watch(workplace_, keeper, stop);
        try {
            ending.result = boost::json::parse(job_(lease, stop.get_token())).as_object();
            ending.kind = keeper.is_lost() ? Ending::Kind::lost : Ending::Kind::done;
        } catch (std::exception const& failure) {
            ending = ending_after(failure, keeper, stop.stop_requested());
        }
    }
    close_lease(workplace_, lease, ending, {});
}

} // namespace stemlathe::service
