#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace stemlathe::service {

/// When a card counts as sick.
struct HealthRules {
    std::size_t faults = 3; ///< of at least two jobs: one job alone may be to blame itself
    std::chrono::milliseconds within{10 * 60'000};
    std::chrono::milliseconds quarantine{60 * 60'000}; ///< then it is tried again
};

/// Whether a device still deserves jobs. After its quarantine it is on trial: one more fault sends
/// it back, one job done clears it.
class DeviceHealth {
  public:
    using Clock = std::chrono::steady_clock;

    explicit DeviceHealth(HealthRules rules) : rules_{rules} {}

    /// It was lost, or hung, at this job.
    /// @returns true: with this fault its quarantine begins
    bool note_fault(std::string const& job, Clock::time_point now);

    void note_success() noexcept;

    [[nodiscard]] bool is_quarantined(Clock::time_point now) const noexcept {
        return now < until_;
    }

    [[nodiscard]] HealthRules const& rules() const noexcept {
        return rules_;
    }

  private:
    struct Fault {
        std::string job{};
        Clock::time_point at{};
    };

    HealthRules rules_;
    std::vector<Fault> faults_{}; ///< those that still count
    Clock::time_point until_ = Clock::time_point::min();
    bool is_on_trial_ = false;
};

} // namespace stemlathe::service
