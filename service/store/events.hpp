#pragma once

#include "service/store/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What happened, in order: progress streams and webhooks read it. An event is written in the
/// transaction of the change it tells of, so there is none without the other.
namespace stemlathe::service {

/// The one type that comes often and may be dropped when it is old.
inline constexpr std::string_view kProgressEvent = "job.progress";

struct NewEvent {
    std::string tenant{};
    std::optional<std::string> session = std::nullopt;
    std::string type{};    ///< "stem.ready", "render.succeeded", ...
    std::string subject{}; ///< the id of what it is about
    std::string data{};    ///< a JSON object
};

struct Event {
    std::int64_t seq = 0; ///< counts up; some numbers are left out
    std::string tenant{};
    std::optional<std::string> session = std::nullopt;
    std::string type{};
    std::string subject{};
    std::string data{};
    std::int64_t at_ms = 0;
};

/// Within the caller's transaction. @returns its seq
std::int64_t append_event(Database& database, NewEvent const& event);

/// Which events are wanted; what is left out does not matter.
struct EventFilter {
    std::optional<std::string> tenant = std::nullopt;
    std::optional<std::string> session = std::nullopt;
};

/// At most `limit` events that follow `seq`, oldest first.
[[nodiscard]] std::vector<Event>
events_after(Database& database, EventFilter const& filter, std::int64_t seq, std::int64_t limit);

/// The first and the last event that are kept; 0 and 0 before the first.
struct EventSpan {
    std::int64_t oldest = 0;
    std::int64_t newest = 0;
};

[[nodiscard]] EventSpan event_span(Database& database);

struct EventKeeping {
    std::int64_t progress_ms = std::int64_t{24} * 3'600'000; ///< progress is kept for a day,
    std::int64_t any_ms = std::int64_t{90} * 24 * 3'600'000; ///< all else for 90
};

/// Drops what is older, a thousand events of a kind at a time, but never the newest of all: so
/// whoever asks for events after one that is gone can be told. @returns how many; call it until 0
std::int64_t thin_events(Database& database, EventKeeping const& keeping);

} // namespace stemlathe::service
