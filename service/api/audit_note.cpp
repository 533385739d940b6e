#include "service/api/audit_note.hpp"

#include "service/audit/log_table.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace stemlathe::service {

namespace {

constexpr std::size_t kIdBytes = 30; // "slk_" and 26 letters

AuditEntry entry_for(AuditNote const& action) {
    return {
        .client = action.client,
        .action = std::string{action.action},
        .subject = action.subject,
        .detail = boost::json::serialize(action.detail)};
}

AuditEntry entry_by(Call const& call, AuditNote const& action) {
    auto entry = entry_for(action);
    entry.actor = call.who.id.empty() ? "nobody" : call.who.id;
    entry.name = call.who.name;
    entry.role = name_of(call.who.rank);
    entry.client = action.client.empty() ? call.who.tenant : action.client;
    entry.peer = call.request.peer;
    entry.request = call.request.id;
    return entry;
}

/// The part of a token that names it, where it has the shape of one; a wrong token may be anything,
/// such as a password in the wrong field.
std::string token_id(Request const& request) {
    constexpr std::string_view kLinks = "/r/";
    auto const field = request.path.starts_with(kLinks)
                           ? std::string_view{request.path}.substr(kLinks.size())
                           : request.field("authorization");
    auto const at = field.rfind(' ');
    auto const token = at == std::string_view::npos ? field : field.substr(at + 1);
    bool const is_one =
        token.size() > kIdBytes && token[kIdBytes] == '_' &&
        (token.starts_with("slk_") || token.starts_with("shl_") || token.starts_with("pas_")) &&
        std::ranges::all_of(token.substr(4, kIdBytes - 4), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
        });
    return is_one ? std::string{token.substr(0, kIdBytes)} : std::string{};
}

void append_alone(Database& database, AuditEntry entry) {
    Transaction transaction{database};
    append_audit(database, std::move(entry));
    transaction.commit();
}

/// What the thinners know things by: all of it is written into the entry.
std::string key_of(AuditEntry const& entry) {
    return fmt::format("{} {} {} {}", entry.action, entry.peer, entry.actor, entry.subject);
}

void note_held(Services& services, AuditThinner& thinner, std::int64_t now_ms) {
    for (auto const& held : thinner.take_held(now_ms)) {
        append_alone(
            services.database,
            {.actor = "service",
             .role = "service",
             .action = "repeated",
             .detail = boost::json::serialize(boost::json::object{
                 {"what", held.key.empty() ? "many things" : held.key}, {"times", held.times}})}
        );
    }
}

} // namespace

void note_action(Call const& call, AuditNote const& action) {
    append_audit(call.database(), entry_by(call, action));
}

void note_own(Database& database, AuditNote const& action) {
    auto entry = entry_for(action);
    entry.actor = "service";
    entry.role = "service";
    append_audit(database, std::move(entry));
}

void note_download(Call const& call, AuditNote const& action) {
    auto entry = entry_by(call, action);
    bool const is_one = call.request.method == Method::get;
    auto const key = key_of(entry) + " " + entry.detail;
    if (is_one && call.services.downloads.admits(key, call.services.steady_ms())) {
        append_alone(call.database(), std::move(entry));
    }
}

void note_refusal(
    Services& services, Request const& request, std::string_view action, std::string_view operation
) {
    AuditEntry entry{
        .actor = "nobody",
        .role = "anonymous",
        .peer = request.peer,
        .request = request.id,
        .action = std::string{action},
        .subject = token_id(request),
        .detail = boost::json::serialize(boost::json::object{{"operation", operation}})};
    if (services.refusals.admits(key_of(entry), services.steady_ms())) {
        append_alone(services.database, std::move(entry));
    }
}

void note_held_back(Services& services, bool everything) {
    auto const now_ms =
        everything ? std::numeric_limits<std::int64_t>::max() : services.steady_ms();
    note_held(services, services.refusals, now_ms);
    note_held(services, services.downloads, now_ms);
}

} // namespace stemlathe::service
