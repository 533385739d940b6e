#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace stemlathe::service {

/// Wakes threads that wait for something to happen, also one that was just about to wait.
class Bell {
  public:
    void ring() noexcept {
        std::lock_guard const lock{mutex_};
        ++rings_;
        changed_.notify_all();
    }

    /// How often it has rung: what `wait` is told.
    [[nodiscard]] long rings() {
        std::lock_guard const lock{mutex_};
        return rings_;
    }

    /// Returns when it has rung since `rings`, or after `time`.
    void wait(long rings, std::chrono::milliseconds time) {
        std::unique_lock lock{mutex_};
        changed_.wait_for(lock, time, [&] { return rings_ != rings; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    long rings_ = 0;
};

} // namespace stemlathe::service
