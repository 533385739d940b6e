#pragma once

#include "host/model/plan.hpp"
#include "host/pipeline/rated_bus.hpp"
#include "host/pipeline/source.hpp"
#include "host/pipeline/stem_rack.hpp"
#include "host/pipeline/version_buses.hpp"
#include "host/report/report.hpp"
#include "host/run.hpp"
#include "kernels/backend.hpp"

#include <memory>
#include <vector>

namespace stemlathe {

/// Pass 2: stems through their chains, summed, through the bus equaliser. Never limits.
/// @param plan  resolved as far as stems and the bus equaliser go
/// @param listener  gets the bus, piece by piece, beside the stems' next pieces
/// @param versions  are fed with the processed stems, and not finished; nullptr: there are none
[[nodiscard]] std::shared_ptr<AudioStore> render_stems(
    Session const& session,
    Window const& window,
    MasteringPlan const& plan,
    Backend& backend,
    Run& run,
    StemSink const& stem_sink = {},
    AudioSink const& listener = {},
    VersionBuses* versions = nullptr
);

/// The bus through the multiband dynamics, stored and measured. `reductions` says what each band
/// did.
[[nodiscard]] RatedBus render_multiband(
    AudioStore const& bus,
    MultibandPlan const& plan,
    int rate_hz,
    bool keep_screen,
    Backend& backend,
    Run& run,
    std::vector<BandReduction>& reductions
);

} // namespace stemlathe
