#pragma once

#include "host/model/plan.hpp"
#include "host/model/session.hpp"
#include "host/pipeline/source.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"

#include <filesystem>

namespace stemlathe {

/// Checks before anything is rendered that the deliveries fit where OUT lies, and that a long
/// song's intermediate audio fits the scratch folder.
/// @throws Failure{storage_full} that says how much is missing where
void require_room(
    std::filesystem::path const& out,
    MasteringPlan const& plan,
    Session const& session,
    Window const& window,
    Backend const& backend,
    Run const& run
);

} // namespace stemlathe
