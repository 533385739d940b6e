#pragma once

#include "service/agent/workplace.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace stemlathe::service {

/// Claims jobs for one slot. Where the database goes away over a claim, nobody knows whether it was
/// kept: it is asked for again by its key, so that no lease runs out unknown to its owner.
class LeaseTaker {
  public:
    explicit LeaseTaker(Workplace& workplace) : workplace_{workplace} {}

    /// @param claimant  what the slot can do; owner, lease and key are filled in
    /// @returns nothing: there is no job, or no database (which is logged)
    [[nodiscard]] std::optional<Lease> take(Claimant claimant);

    /// The slot goes: what a lost claim may have leased is given back.
    void end() noexcept;

    /// How long a slot sleeps that heard of nothing: `idle` +-25 %, so that workers that were
    /// started together do not ask together; no longer than until a job is due that waits after an
    /// attempt that failed, for nobody announces that.
    [[nodiscard]] std::chrono::milliseconds nap();

  private:
    Workplace& workplace_;
    Claimant in_doubt_{}; ///< with a key where there is one
    std::int64_t naps_ = 0;
    std::optional<std::int64_t> due_in_ms_{}; ///< as of the last claim
};

} // namespace stemlathe::service
