#pragma once

#include "service/audit/entry.hpp"
#include "service/cli/remote_options.hpp"

#include <functional>
#include <stop_token>
#include <string>

namespace stemlathe::service {

/// Where a command reads an audit log: in the data folder of a stopped service, in the PostgreSQL
/// that its stemlathe.toml names, from a service that runs, or in a file that was exported.
struct AuditSource {
    std::string file{};
    std::string data{};
    std::string config{};
    RemoteOptions remote{};

    /// All entries, first to last.
    /// @throws Failure{invalid_argument, not_found, unreadable, storage_failed}, RemoteFailure
    void
    each(std::stop_token const& stop, std::function<void(AuditEntry const&)> const& take) const;

    /// "the audit log of http://..." for sentences
    [[nodiscard]] std::string name() const;
};

} // namespace stemlathe::service
