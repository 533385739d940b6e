#pragma once

#include "host/masking/listening.hpp"
#include "host/masking/masking_reading.hpp"
#include "host/model/plan.hpp"
#include "host/model/session.hpp"
#include "host/pipeline/analyse.hpp"
#include "host/pipeline/source.hpp"
#include "host/pipeline/survey.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"

#include <functional>
#include <vector>

namespace stemlathe {

struct UnmaskSettings {
    Listening listening{};
    bool apply = true;              ///< false: fixes are proposed only
    std::vector<bool> may_change{}; ///< [stems] whose equaliser is ours to decide
    MarginsCsv* csv = nullptr;      ///< of the stems as the plan given processes them
    std::function<void(MaskingView const&)> listener{};
    double percent = 50.0; ///< share of the whole job that this is
};

/// [stems] whether a plan, as written, leaves the equaliser of a stem to us.
[[nodiscard]] std::vector<bool>
undecided_equalisers(MasteringPlan const& plan, Session const& session);

struct Unmasked {
    MasteringPlan plan{}; ///< with the accepted fixes as `eq` of their stems
    MaskingReading reading{};
};

/// Finds who covers whom, and what helps. With `apply` the fixes are tried: the stems are processed
/// and analysed again, and only those stay that measurably help and do no harm, in at most three
/// rounds.
/// @param plan  resolved as far as stems go
[[nodiscard]] Unmasked unmask(
    Session const& session,
    Window const& window,
    MasteringPlan const& plan,
    Survey const& surveyed,
    UnmaskSettings const& settings,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
