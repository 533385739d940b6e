#include "service/http/event_text.hpp"

#include <algorithm>

namespace stemlathe::service {

namespace {

constexpr std::string_view kLineEnds = "\r\n";

/// A field for each line of `value`: what stands behind a line's end must not become a field
/// itself.
void append_field(std::string& text, std::string_view name, std::string_view value) {
    while (true) {
        auto const end = std::min(value.find_first_of(kLineEnds), value.size());
        text.append(name).append(": ").append(value.substr(0, end)).append("\n");
        if (end == value.size()) {
            return;
        }
        value.remove_prefix(end + (value.substr(end, 2) == kLineEnds ? 2 : 1));
    }
}

} // namespace

bool append_events(
    std::vector<ServerEvent> const& events, std::size_t bytes_max, std::string& text
) {
    std::string one;
    for (auto const& event : events) {
        one.clear();
        append_field(one, "id", std::to_string(event.id));
        append_field(one, "event", event.type);
        append_field(one, "data", event.data);
        one += '\n';
        if (&event != &events.front() && text.size() + one.size() > bytes_max) {
            return false;
        }
        text += one;
    }
    return true;
}

} // namespace stemlathe::service
