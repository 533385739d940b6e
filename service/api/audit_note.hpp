#pragma once

#include "service/api/call.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace stemlathe::service {

/// What the audit log says of an action; names are in service/audit/README.md.
struct AuditNote {
    std::string_view action{};
    std::string subject{}; ///< the id of what it is about
    std::string client{};  ///< whose it is; empty: the caller's own
    boost::json::object detail{};
};

/// Writes the caller's action into the audit log, within the caller's transaction.
void note_action(Call const& call, AuditNote const& action);

/// What the service does by itself. Within the caller's transaction.
void note_own(Database& database, AuditNote const& action);

/// A download, in a transaction of its own; ranges of the same file by the same caller are one
/// entry in ten minutes. HEAD is none.
void note_download(Call const& call, AuditNote const& action);

/// A request that was turned away: a token, link, code or password that is wrong, or rights that
/// are missing. In a transaction of its own; at most one entry a minute for the same from the same
/// address, so that strangers cannot fill the log.
/// @param action  "token.refused", "access.refused", ...
void note_refusal(
    Services& services, Request const& request, std::string_view action, std::string_view operation
);

/// Tells of what was held back in the minutes that have passed. For the housekeeping.
/// @param everything  also of the minute that runs: the service stops
void note_held_back(Services& services, bool everything = false);

} // namespace stemlathe::service
