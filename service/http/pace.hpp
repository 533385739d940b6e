#pragma once

#include "service/http/server.hpp"

#include <chrono>
#include <cstddef>

namespace stemlathe::service {

/// The minimal rate of a transfer: in every window, which begins when the one before had its bytes,
/// as many bytes must move as the rate asks for (or the rest).
class Pace {
  public:
    using Clock = std::chrono::steady_clock;

    Pace(HttpLimits const& limits, Clock::time_point now) noexcept
        : window_(limits.rate_window),
          quota_bytes_(limits.rate_bytes_min * static_cast<std::size_t>(window_.count()) / 1'000),
          deadline_(now + window_) {}

    /// When the peer is too slow.
    [[nodiscard]] Clock::time_point deadline() const noexcept {
        return deadline_;
    }

    void moved(std::size_t bytes, Clock::time_point now) noexcept {
        moved_bytes_ += bytes;
        if (moved_bytes_ >= quota_bytes_) {
            moved_bytes_ = 0;
            deadline_ = now + window_;
        }
    }

    /// Time that the service took, not the peer.
    void excuse(Clock::duration time) noexcept {
        deadline_ += time;
    }

  private:
    std::chrono::milliseconds window_;
    std::size_t quota_bytes_;
    std::size_t moved_bytes_ = 0;
    Clock::time_point deadline_;
};

} // namespace stemlathe::service
