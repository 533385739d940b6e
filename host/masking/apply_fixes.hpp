#pragma once

#include "host/masking/fix.hpp"
#include "host/model/plan.hpp"

#include <span>
#include <string>

namespace stemlathe {

/// The plan with fixes as `eq` and `gain_db` of their stems.
/// @param plan  resolved as far as stems go
/// @param makeup_db  gain on every stem
/// @param files  [stems]
[[nodiscard]] MasteringPlan with_fixes(
    MasteringPlan plan,
    std::span<Fix const> fixes,
    double makeup_db,
    std::span<std::string const> files
);

} // namespace stemlathe
