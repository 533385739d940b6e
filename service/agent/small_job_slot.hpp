#pragma once

#include "service/agent/lease_taker.hpp"
#include "service/agent/workplace.hpp"

#include <atomic>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>

namespace stemlathe::service {

/// Does a job that needs no executor, a probe for one, and returns its result as JSON text. It ends
/// soon after the token asks: then the lease is lost or the job cancelled.
/// @throws Failure why the job cannot be done; its code decides whether it is tried again
using SmallJob = std::function<std::string(Lease const&, std::stop_token const&)>;

/// A thread that leases jobs of one kind and does them itself.
class SmallJobSlot {
  public:
    SmallJobSlot(Workplace& workplace, std::string kind, SmallJob job);
    SmallJobSlot(SmallJobSlot const&) = delete;
    SmallJobSlot& operator=(SmallJobSlot const&) = delete;

    [[nodiscard]] bool has_ended() const noexcept {
        return has_ended_;
    }

  private:
    void work();
    [[nodiscard]] std::optional<Lease> claim();
    void work_on(Lease const& lease);

    Workplace& workplace_;
    LeaseTaker taker_;
    std::string kind_;
    SmallJob job_;
    std::atomic<bool> has_ended_{false};
    std::jthread thread_; ///< last: it uses all of the above
};

} // namespace stemlathe::service
