#pragma once

#include "host/model/plan.hpp"
#include "host/model/session.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace stemlathe {

/// Index of the stem that `name` means: a file name with or without extension, else a role (the
/// first stem with it).
[[nodiscard]] std::optional<std::size_t>
find_stem(Session const& session, std::string_view name) noexcept;

/// A stem that intake refused and --force left out: plans and comments may still speak of it.
[[nodiscard]] bool was_left_out(Session const& session, std::string_view name) noexcept;

/// Index of the stem that `name` means: a file name, else a role (the first stem with it).
/// @throws Failure{invalid_plan} that names the nearest word
[[nodiscard]] std::size_t stem_matching(Session const& session, std::string_view name);

/// The plan's words for one stem; the more exact match wins: file name, then role, then "*".
/// Nothing for it is a StemPlan with everything automatic.
[[nodiscard]] StemPlan plan_for_stem(MasteringPlan const& plan, Stem const& stem);

/// Every `match` and every key must mean a stem of the session.
/// @throws Failure{invalid_plan} that names the nearest word
void check_matches(MasteringPlan const& plan, Session const& session);

} // namespace stemlathe
