#pragma once

#include "service/audit/entry.hpp"
#include "service/store/database.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace stemlathe::service {

/// Writes the next entry; seq, time and hashes are made here. Within the transaction of the action
/// that it tells of, so that there is none without the other. @returns its seq
std::int64_t append_audit(Database& database, AuditEntry entry);

/// What of the log is wanted.
struct AuditFilter {
    std::int64_t since_ms = 0;
    std::string action{}; ///< empty: all
    std::string client{}; ///< empty: all
};

/// At most `limit` entries that follow `seq`, first to last.
[[nodiscard]] std::vector<AuditEntry> audit_after(
    Database& database, std::int64_t seq, std::int64_t limit, AuditFilter const& filter = {}
);

/// All entries, first to last, read some hundreds at a time.
void each_audit_entry(Database& database, std::function<void(AuditEntry const&)> const& work);

[[nodiscard]] AuditHead audit_head(Database& database);

} // namespace stemlathe::service
