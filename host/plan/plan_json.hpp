#pragma once

#include "host/model/plan.hpp"

#include <string>
#include <string_view>

namespace stemlathe {

/// The plan with the same keys and values as `plan_toml`, as JSON; contract section 4.
[[nodiscard]] std::string plan_json(MasteringPlan const& plan);

/// Reads such a document; null means the same as left out.
/// @param what  how complaints call it
/// @throws Failure{invalid_plan} as `parse_plan`
[[nodiscard]] MasteringPlan parse_plan_json(std::string_view text, std::string const& what);

} // namespace stemlathe
