#pragma once

#include "service/agent/executor_seat.hpp"
#include "service/agent/outputs.hpp"
#include "service/agent/work.hpp"
#include "service/agent/workplace.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace stemlathe::service {

/// Ends what an executor has rendered, one job at a time and beside the next job's rendering: what
/// a browser plays is made (by an executor of its own, on the CPU: encoding would hold up a card),
/// everything is published, the lease completed.
class Finisher {
  public:
    explicit Finisher(Workplace& workplace);
    Finisher(Finisher const&) = delete;
    Finisher& operator=(Finisher const&) = delete;
    ~Finisher() = default;

    /// Waits until the job before is finished, so that a slot never has more than two.
    void take(std::unique_ptr<Work> work);

    /// Returns after the job that it has; takes no more.
    void end();

    /// The process that makes what a browser plays, 0 while there is none.
    [[nodiscard]] pid_t pid() const noexcept {
        return seat_.pid();
    }

  private:
    void work(std::stop_token const& stop);
    void finish(std::unique_ptr<Work> work);
    [[nodiscard]] Ending publish(Work& work, std::vector<Output>& outputs);
    [[nodiscard]] Ending make_review(Work& work);

    Workplace& workplace_;
    ExecutorSeat seat_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::unique_ptr<Work> next_{};
    bool is_busy_ = false;
    std::jthread thread_; ///< last: it uses all of the above
};

} // namespace stemlathe::service
