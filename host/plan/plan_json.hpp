#pragma once

#include "host/model/plan.hpp"

#include <string>

namespace stemlathe {

/// The plan with the same keys and values as `plan_toml`, as JSON; contract section 4.
[[nodiscard]] std::string plan_json(MasteringPlan const& plan);

} // namespace stemlathe
