#pragma once

#include "host/model/session.hpp"
#include "service/client/submit.hpp"

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace stemlathe::service {

/// What a render is ordered with.
struct OrderedPlan {
    boost::json::value plan{};             ///< null: the preset's, else all automatic
    std::vector<std::string> deliveries{}; ///< built-in names; empty: the plan's, or the preset's
};

/// The plan of a submission, with everything in it that only this side knows: what custom profiles
/// say (the wish's profile files and the session's own profiles.toml) and which stems a version
/// has.
/// @throws Failure{invalid_plan, invalid_argument} as load_plan, with_profiles and
/// resolve_versions; {invalid_argument} a preset is named beside what needs a plan that would hide
/// the preset's
[[nodiscard]] OrderedPlan ordered_plan(SubmitWish const& wish, Session const& session);

} // namespace stemlathe::service
