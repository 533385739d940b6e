#include "service/webhooks/event_types.hpp"

#include "service/store/events.hpp"

#include <algorithm>
#include <array>

namespace stemlathe::service {

namespace {

constexpr std::array<std::string_view, 27> kTypes{"analysis.canceled",  "analysis.failed",
                                                  "analysis.succeeded", "approval.created",
                                                  "approval.withdrawn", "comment.changed",
                                                  "comment.created",    "comment.deleted",
                                                  "comment.reopened",   "comment.resolved",
                                                  "delivery.ready",     "job.progress",
                                                  "job.queued",         "job.started",
                                                  "plan.suggested",     "render.canceled",
                                                  "render.failed",      "render.queued",
                                                  "render.succeeded",   "round.closed",
                                                  "session.created",    "session.engine_changed",
                                                  "session.ready",      "stem.probing",
                                                  "stem.ready",         "stem.rejected",
                                                  "webhook.disabled"};

constexpr std::array<std::string_view, 12> kGroups{
    "*",
    "analysis.*",
    "approval.*",
    "comment.*",
    "delivery.*",
    "job.*",
    "plan.*",
    "render.*",
    "round.*",
    "session.*",
    "stem.*",
    "webhook.*"};

} // namespace

std::span<std::string_view const> event_types() noexcept {
    return kTypes;
}

std::span<std::string_view const> event_groups() noexcept {
    return kGroups;
}

bool hears(std::span<std::string const> types, std::string_view event) noexcept {
    return event != kTestEvent && std::ranges::any_of(types, [&](std::string_view wanted) {
               if (wanted == event) {
                   return true;
               }
               bool const is_group = wanted.ends_with('*') && event != kProgressEvent;
               return is_group && event.starts_with(wanted.substr(0, wanted.size() - 1));
           });
}

} // namespace stemlathe::service
