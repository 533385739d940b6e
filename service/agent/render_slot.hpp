#pragma once

#include "service/agent/ending.hpp"
#include "service/agent/executor_process.hpp"
#include "service/agent/workplace.hpp"

#include <boost/json/object.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace stemlathe::service {

/// One executor and the thread that finds it work: claim, supervise, publish, complete; a new
/// executor where one broke. Ends when the workplace drains, after the job that it has.
class RenderSlot {
  public:
    RenderSlot(Workplace& workplace, std::string device);
    RenderSlot(RenderSlot const&) = delete;
    RenderSlot& operator=(RenderSlot const&) = delete;

    /// What it computes on: {"device", "name", "backend"}, or why it does not.
    [[nodiscard]] boost::json::object shown() const;

    /// The executor's process, 0 while there is none.
    [[nodiscard]] pid_t pid() const noexcept {
        return pid_;
    }

    [[nodiscard]] bool has_ended() const noexcept {
        return has_ended_;
    }

  private:
    void work();
    [[nodiscard]] bool is_well();
    [[nodiscard]] bool has_executor();
    [[nodiscard]] bool greets(ExecutorProcess& executor);
    void drop_executor(bool is_broken);
    void rest_after_break();
    [[nodiscard]] std::optional<Lease> claim();
    void work_on(Lease const& lease);
    [[nodiscard]] Ending render(Lease const& lease, std::vector<Output>& outputs);
    void show(boost::json::object shown);

    Workplace& workplace_;
    std::string device_;
    std::unique_ptr<ExecutorProcess> executor_{};
    std::atomic<pid_t> pid_{0};
    std::atomic<bool> has_ended_{false};
    std::chrono::milliseconds rest_{0}; ///< before the next executor
    mutable std::mutex mutex_;
    boost::json::object shown_{};
    std::jthread thread_; ///< last: it uses all of the above
};

} // namespace stemlathe::service
