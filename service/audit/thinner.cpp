#include "service/audit/thinner.hpp"

#include <utility>

namespace stemlathe::service {

AuditThinner::AuditThinner(Rules rules) : rules_{rules} {}

bool AuditThinner::admits(std::string const& key, std::int64_t now_ms) {
    auto const found = things_.find(key);
    if (found != things_.end()) {
        ++found->second.times;
        return false;
    }
    if (things_.size() < rules_.things_max) {
        things_.emplace(key, Held{.key = key, .times = 0, .first_ms = now_ms});
        return true;
    }
    if (!rules_.writes_when_full) {
        others_.first_ms = others_.times == 0 ? now_ms : others_.first_ms;
        ++others_.times;
    }
    return rules_.writes_when_full;
}

std::vector<AuditThinner::Held> AuditThinner::take_held(std::int64_t now_ms) {
    std::vector<Held> held;
    auto const is_past = [&](Held const& thing) {
        return now_ms - thing.first_ms >= rules_.time_ms;
    };
    for (auto thing = things_.begin(); thing != things_.end();) {
        if (!is_past(thing->second)) {
            ++thing;
            continue;
        }
        if (thing->second.times > 0) {
            held.push_back(thing->second);
        }
        thing = things_.erase(thing);
    }
    if (others_.times > 0 && is_past(others_)) {
        held.push_back(std::exchange(others_, {}));
    }
    return held;
}

} // namespace stemlathe::service
