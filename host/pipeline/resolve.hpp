#pragma once

#include "host/model/plan.hpp"
#include "host/model/session.hpp"

#include <string>
#include <vector>

namespace stemlathe {

/// What is delivered: of the plan's deliveries those of these names or profiles, built-in profiles
/// as they are where it has none of that name; all of them, else the default set, where nothing is
/// named. @throws Failure{invalid_argument} that names the nearest profile
[[nodiscard]] std::vector<DeliveryPlan>
wanted_deliveries(MasteringPlan const& plan, std::vector<std::string> const& deliver);

/// Makes every automatic choice that needs no audio: one [[stem]] per file, stems and bus equaliser
/// untouched unless the plan says otherwise, deliveries with everything filled in from their
/// profiles. Only the bus multiband may still be automatic afterwards; see `automatic_multiband`.
/// @param deliver  profiles or delivery names of the plan; empty: the plan's, else the default set
/// @param versions  see `resolve_versions`
/// @throws Failure{invalid_plan, invalid_argument} with a sentence that names key and value
[[nodiscard]] MasteringPlan resolve_without_audio(
    MasteringPlan const& plan,
    std::vector<std::string> const& deliver,
    Session const& session,
    VersionWish const& versions = {}
);

/// One delivery with everything filled in.
/// @throws as above: a rate, depth, container or codec that does not fit together
[[nodiscard]] DeliveryPlan
resolve_delivery(DeliveryPlan const& wish, BusPlan const& bus, Session const& session);

/// True if nothing automatic is left.
[[nodiscard]] bool is_resolved(MasteringPlan const& plan) noexcept;

} // namespace stemlathe
