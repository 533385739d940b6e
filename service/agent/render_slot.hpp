#pragma once

#include "service/agent/ending.hpp"
#include "service/agent/executor_seat.hpp"
#include "service/agent/finisher.hpp"
#include "service/agent/lease_taker.hpp"
#include "service/agent/work.hpp"
#include "service/agent/workplace.hpp"

#include <boost/json/object.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace stemlathe::service {

/// One executor and the thread that finds it work: claim, supervise, hand over to be finished; a
/// new executor where one broke. Ends when the workplace drains, after the jobs that it has.
class RenderSlot {
  public:
    RenderSlot(Workplace& workplace, std::string device);
    RenderSlot(RenderSlot const&) = delete;
    RenderSlot& operator=(RenderSlot const&) = delete;

    /// What it computes on: {"device", "name", "backend"}, or why it does not.
    [[nodiscard]] boost::json::object shown() const {
        return seat_.shown();
    }

    /// The executor's process, 0 while there is none.
    [[nodiscard]] pid_t pid() const noexcept {
        return seat_.pid();
    }

    /// The process that makes what a browser plays, 0 while there is none.
    [[nodiscard]] pid_t review_pid() const noexcept {
        return finisher_.pid();
    }

    [[nodiscard]] bool has_ended() const noexcept {
        return has_ended_;
    }

  private:
    void work();
    [[nodiscard]] std::optional<Lease> claim();
    void work_on(Lease lease);
    [[nodiscard]] Ending render(Work& work);

    Workplace& workplace_;
    LeaseTaker taker_;
    ExecutorSeat seat_;
    Finisher finisher_;
    std::atomic<bool> has_ended_{false};
    std::jthread thread_; ///< last: it uses all of the above
};

} // namespace stemlathe::service
