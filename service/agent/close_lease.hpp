#pragma once

#include "service/agent/ending.hpp"
#include "service/agent/workplace.hpp"

#include <vector>

namespace stemlathe::service {

/// Tells the queue how the work on a lease ended, and the log. While the database is away it is
/// told again, for as long as a lease lasts; where that does not help, the lease runs out and the
/// job is taken back.
void close_lease(
    Workplace& workplace,
    Lease const& lease,
    Ending const& ending,
    std::vector<Output> const& outputs
) noexcept;

/// The Ending of work that threw.
[[nodiscard]] Ending ending_of(std::exception const& failure);

} // namespace stemlathe::service
