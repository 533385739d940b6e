#pragma once

#include "tests/service/server/farm.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace stemlathe::test {

inline constexpr double kBusy_s = 1.5; ///< that a busy machine may take for what takes no time

/// Within what time another has the job of a worker that is not heard of: its lease, a look for
/// leases that ran out (AgentSettings::reap), and the wait before a second attempt (1 s +-50 %).
[[nodiscard]] constexpr double takeover_bound_s(double lease_s) {
    constexpr double kReap_s = 2.0;
    constexpr double kWait_s = 1.5;
    return lease_s + kReap_s + kWait_s + kBusy_s;
}

/// A service and so many workers who have nothing to do yet, with a session whose masters take them
/// some time: somebody dies over it, and it is measured how long it takes another to go on.
class TakeoverSite {
  public:
    /// @param song_s  of noise
    TakeoverSite(Farm& farm, double song_s);

    /// Starts `workers`, slow ones, and orders a render; `harm` befalls the worker that has it.
    /// Returns once the job is another lease's.
    /// @returns how long that took by the database's clock, in seconds; negative: it never came
    [[nodiscard]] double seconds_of(int workers, std::function<void(FarmProcess&)> const& harm);

    /// Waits until what was ordered is done, and lets the workers go.
    void finish();

  private:
    [[nodiscard]] FarmProcess& owner_of(std::string const& job);

    Farm& farm_;
    std::unique_ptr<FarmProcess> service_;
    std::string session_{};
    std::vector<std::unique_ptr<FarmProcess>> workers_{};
    int orders_ = 0;
};

/// Its host dies.
void kill_host(FarmProcess& worker);
/// What renders for it crashes.
void kill_executors(FarmProcess& worker);

/// Waits until a worker has it. @returns false: none takes it
[[nodiscard]] bool has_begun(Farm& farm, std::string const& job);

} // namespace stemlathe::test
