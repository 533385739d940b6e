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
    /// started together do not ask together.
    [[nodiscard]] std::chrono::milliseconds nap();

  private:
    Workplace& workplace_;
    Claimant in_doubt_{}; ///< with a key where there is one
    std::int64_t naps_ = 0;
};

} // namespace stemlathe::service
