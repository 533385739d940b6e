#pragma once

#include "host/model/plan.hpp"

#include <toml++/toml.h>

#include <string>

namespace stemlathe {

/// The plan that a document holds, whichever encoding it came in.
/// @throws Failure{invalid_plan} as `parse_plan`
[[nodiscard]] MasteringPlan plan_in(toml::table const& document, std::string const& file);

} // namespace stemlathe
