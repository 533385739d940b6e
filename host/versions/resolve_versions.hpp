#pragma once

#include "host/model/plan.hpp"
#include "host/model/session.hpp"

#include <vector>

namespace stemlathe {

/// The versions that a job makes, their stems and mutes by file name. A name stands for what the
/// plan says of it, else for session.toml's `[versions.NAME]`, else for a rule:
///   instrumental  every stem but vocals
///   acappella     vocals alone
///   tv            every stem but lead vocals: what `part` in session.toml says, else the label
///                 (`vocal_part_from_label`); where all vocals that are labelled are of one part,
///                 the others are of the other
///   clean         every stem, silent where `mute` in session.toml says
/// @throws Failure{invalid_argument, invalid_plan}, a sentence: an unknown name, or a session that
/// cannot give the version
[[nodiscard]] std::vector<VersionPlan>
resolve_versions(MasteringPlan const& plan, VersionWish const& wish, Session const& session);

} // namespace stemlathe
