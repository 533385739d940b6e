#pragma once

#include "service/agent/workplace.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace stemlathe::service {

/// Keeps a lease while its job is worked on: heartbeats with progress, and looks whether the job
/// was cancelled. Everything may be asked from other threads.
class LeaseKeeper {
  public:
    LeaseKeeper(Workplace& workplace, Lease const& lease);
    LeaseKeeper(LeaseKeeper const&) = delete;
    LeaseKeeper& operator=(LeaseKeeper const&) = delete;

    void tell(double percent, std::string stage);

    /// True once the lease is lost, or was not renewed for two thirds of its time: then somebody
    /// else may hold it soon, and whoever works on the job must stop at once.
    [[nodiscard]] bool is_lost() const noexcept;

    [[nodiscard]] bool is_cancel_asked() const noexcept {
        return is_cancel_asked_;
    }

  private:
    using Clock = std::chrono::steady_clock;

    void keep(std::stop_token const& stop);
    void beat();
    void look();
    [[nodiscard]] bool has_news();

    Workplace& workplace_;
    Lease const& lease_;
    std::atomic<Clock::time_point> renewed_;
    std::atomic<bool> is_lost_{false};
    std::atomic<bool> is_cancel_asked_{false};
    std::mutex mutex_;
    std::int64_t percent_ = 0;
    std::string stage_{};
    bool has_news_ = false;
    std::jthread thread_; ///< last: it uses all of the above
};

} // namespace stemlathe::service
