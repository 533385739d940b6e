#pragma once

#include "service/audit/entry.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace stemlathe::service {

/// Where a log was tampered with.
struct AuditFault {
    std::int64_t seq = 0;   ///< the first entry that was changed or removed
    std::string sentence{}; ///< "entry 5 was changed after it was written: ..."
};

/// Holds entries against each other as they come, first to last.
class AuditChain {
  public:
    /// @param noted  a head that was noted outside earlier; the log must still hold it
    explicit AuditChain(std::optional<AuditHead> noted = std::nullopt);

    /// The next entry. What follows the first fault is counted, not looked at.
    void add(AuditEntry const& entry);

    /// The first fault, or nothing: every entry is as it was written, and none is missing before
    /// the last one (nor before the noted one). Call it after the last entry.
    [[nodiscard]] std::optional<AuditFault> fault() const;

    /// The last entry that was added.
    [[nodiscard]] AuditHead const& head() const noexcept {
        return head_;
    }

    [[nodiscard]] std::int64_t entries() const noexcept {
        return entries_;
    }

  private:
    [[nodiscard]] std::optional<AuditFault> fault_of(AuditEntry const& entry) const;

    std::optional<AuditHead> noted_;
    AuditHead head_{};
    std::int64_t entries_ = 0;
    std::optional<AuditFault> fault_ = std::nullopt;
};

} // namespace stemlathe::service
