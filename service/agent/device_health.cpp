#include "service/agent/device_health.hpp"

#include <algorithm>

namespace stemlathe::service {

bool DeviceHealth::note_fault(std::string const& job, Clock::time_point now) {
    std::erase_if(faults_, [&](Fault const& fault) { return now - fault.at > rules_.within; });
    faults_.push_back({.job = job, .at = now});
    bool const is_one_job =
        std::ranges::all_of(faults_, [&](Fault const& fault) { return fault.job == job; });
    if (!is_on_trial_ && (faults_.size() < rules_.faults || is_one_job)) {
        return false;
    }
    faults_.clear();
    until_ = now + rules_.quarantine;
    is_on_trial_ = true;
    return true;
}

void DeviceHealth::note_success() noexcept {
    is_on_trial_ = false;
}

} // namespace stemlathe::service
