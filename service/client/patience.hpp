#pragma once

#include "service/client/http_client.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace stemlathe::service {

/// How a call that failed for now is repeated.
struct RetryRules {
    std::chrono::milliseconds first{500};       ///< before the first repetition; then twice as long
    std::chrono::milliseconds longest{30'000};  ///< between two tries
    std::chrono::milliseconds give_up{300'000}; ///< so long nothing succeeded
};

/// Told in a sentence why there is a pause and for how long.
using Notice = std::function<void(std::string const&)>;

/// The pauses between tries at one thing. Every success makes it patient again.
class Patience {
  public:
    Patience(RetryRules const& rules, std::stop_token stop, Notice const& notice);

    /// Waits before the next try: as long as the server said, else a little longer each time, with
    /// a random part so that clients do not all come back at once.
    /// @param reason  "no answer (connection refused)"
    /// @throws RemoteFailure it has lasted too long; Failure{cancelled}
    void wait(std::string const& reason, std::optional<std::chrono::milliseconds> at_least = {});

    void succeeded() noexcept;

  private:
    using Clock = std::chrono::steady_clock;

    RetryRules rules_;
    std::stop_token stop_;
    Notice const& notice_;
    std::chrono::milliseconds pause_;
    Clock::time_point last_success_ = Clock::now();
};

/// Sleeps, but wakes up at once when somebody asks to stop. @throws Failure{cancelled}
void sleep_for(std::chrono::milliseconds time, std::stop_token const& stop);

/// Whether the same call may be answered well later: 408, 423, 425, 429 and 5xx that are not
/// "never" (501, 505).
[[nodiscard]] bool is_for_now(int status) noexcept;

/// Retry-After in seconds (RFC 9110, 10.2.3); nothing where it is missing or a date.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(HttpReply const& reply);

} // namespace stemlathe::service
