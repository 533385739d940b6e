#pragma once

#include "host/model/plan.hpp"
#include "host/output/output_folder.hpp"
#include "host/pipeline/rated_bus.hpp"
#include "host/pipeline/source.hpp"
#include "host/pipeline/version_buses.hpp"
#include "host/report/manifest.hpp"
#include "host/report/report.hpp"

#include <functional>
#include <span>
#include <vector>

namespace stemlathe {

struct Deliveries {
    std::vector<DeliveryReport> reports{};               ///< in the plan's order; stems left blank
    std::vector<std::vector<DeliveryReport>> versions{}; ///< of each delivery, none of stems
    std::vector<ManifestEntry> companions{};             ///< CUE and side sheets
};

/// Every delivery of the plan but stems, from the bus to the verified file: once per output rate
/// the bus is resampled and measured, then each delivery is rendered, then measured by the second
/// meter from its file; then its versions, with the gains that came out. What does not depend on
/// each other runs side by side.
/// @param bus  at the session's rate; measured here unless it is already
/// @param versions  the plan's versions after the bus multiband, at the session's rate
/// @param errands  other work to do in between, as threads are free
[[nodiscard]] Deliveries deliver(
    RatedBus const& bus,
    VersionStores const& versions,
    MasteringPlan const& plan,
    Session const& session,
    Window const& window,
    OutputFolder& out,
    std::span<std::function<void()> const> errands,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
