#pragma once

#include "host/model/plan.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace stemlathe {

/// Reads a plan, schema stemlathe.plan/1; contract section 4.
/// @throws Failure{invalid_plan} for unknown keys, values out of range, wrong types: names key,
/// value, range
[[nodiscard]] MasteringPlan parse_plan(std::string_view text, std::string const& file);

/// @throws Failure{not_found} and as `parse_plan`
[[nodiscard]] MasteringPlan load_plan(std::filesystem::path const& path);

/// Writes a plan so that reading it gives the same plan, bit for bit.
[[nodiscard]] std::string plan_toml(MasteringPlan const& plan);

/// "bell", "low-shelf", ... as plans spell them.
[[nodiscard]] std::string_view name_of(EqualiserType type) noexcept;

} // namespace stemlathe
