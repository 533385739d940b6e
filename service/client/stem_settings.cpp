#include "service/client/stem_settings.hpp"

#include "service/client/documents.hpp"
#include "service/client/submit.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace stemlathe::service {

namespace {

constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{2'000};
constexpr std::chrono::minutes kProbe_max{10}; ///< so long not one file gets ready
constexpr int kChangesMax = 5;

std::string why_rejected(boost::json::object const& stem) {
    std::string why;
    for (auto const& finding : objects_in(stem, "findings")) {
        if (text_in(finding, "severity") == "refuse") {
            why += (why.empty() ? "" : "; ") + text_in(finding, "message");
        }
    }
    return why.empty() ? text_in(stem, "filename") + " was rejected" : why;
}

/// What is to be changed, empty where the service has it all.
boost::json::object changes_to(boost::json::object const& there, Stem const& stem) {
    boost::json::object changes;
    if (text_in(there, "role") != name_of(stem.role)) {
        changes["role"] = name_of(stem.role);
    }
    if (number_in(there, "priority") != stem.priority) {
        changes["priority"] = stem.priority;
    }
    // What the file's own time reference asks for the service sees by itself.
    double const offset_s = stem.offset_s - stem.time_reference_s;
    if (number_in(there, "offset_s") != offset_s) {
        changes["offset_s"] = offset_s;
    }
    return changes;
}

} // namespace

std::vector<boost::json::object>
wait_for_probes(Remote& remote, std::string const& session, Steps& steps) {
    auto pause = kFirstPause;
    std::size_t least = SIZE_MAX;
    auto last_change = std::chrono::steady_clock::now();
    while (true) {
        auto stems = remote.list(fmt::format("/v1/sessions/{}/stems", session));
        auto const probing =
            static_cast<std::size_t>(std::ranges::count_if(stems, [](auto const& stem) {
                return text_in(stem, "state") == "probing";
            }));
        auto const all = std::max<std::size_t>(stems.size(), 1);
        steps.show(
            "check",
            kProbeShare.from,
            kProbeShare.to,
            1.0 - static_cast<double>(probing) / static_cast<double>(all)
        );
        if (probing == 0) {
            return stems;
        }
        auto const now = std::chrono::steady_clock::now();
        if (probing < least) {
            least = probing;
            last_change = now;
        } else if (now - last_change > kProbe_max) {
            throw unreachable(fmt::format(
                "{} has all files, but has not looked at them for ten minutes; ask the house, "
                "then repeat the command: it goes on from here",
                remote.server()
            ));
        }
        sleep_for(pause, remote.stop());
        pause = std::min(2 * pause, kLongestPause);
    }
}

void refuse_rejected(std::vector<boost::json::object> const& stems, bool force) {
    std::string why;
    bool has_stem = false;
    for (auto const& stem : stems) {
        if (text_in(stem, "state") == "rejected") {
            why += (why.empty() ? "" : "; ") + why_rejected(stem);
        } else if (text_in(stem, "kind") == "stem") {
            has_stem = true;
        }
    }
    if (!why.empty() && (!force || !has_stem)) {
        throw Failure{
            Code::intake_refused,
            fmt::format(
                "the service rejects what was sent: {}. Export it again, or render the rest with "
                "--force",
                why
            )};
    }
}

void set_up_stem(
    Remote& remote,
    std::string const& session,
    Stem const& stem,
    std::vector<boost::json::object> const& stems
) {
    auto const there = std::ranges::find_if(stems, [&](auto const& one) {
        return text_in(one, "filename") == stem.file && text_in(one, "kind") == "stem" &&
               text_in(one, "state") == "ready";
    });
    if (there == stems.end()) {
        return; // rejected, and left out on request
    }
    auto const path = fmt::format("/v1/sessions/{}/stems/{}", session, text_in(*there, "id"));
    auto changes = changes_to(*there, stem);
    for (int attempt = 0; !changes.empty() && attempt < kChangesMax; ++attempt) {
        auto const now = remote.exchange({.url = path});
        require_success(now);
        changes = changes_to(document_of(now), stem);
        if (changes.empty()) {
            return;
        }
        auto const changed = remote.exchange(
            {.method = "PATCH",
             .url = path,
             .fields =
                 {{"Content-Type", "application/json"},
                  {"If-Match", std::string{now.field("etag")}}},
             .body = boost::json::serialize(changes)}
        );
        if (changed.status != 412) { // somebody else, or we in an attempt whose answer was lost
            require_success(changed);
            return;
        }
    }
}

} // namespace stemlathe::service
