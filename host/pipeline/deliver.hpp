#pragma once

#include "host/model/plan.hpp"
#include "host/output/output_folder.hpp"
#include "host/pipeline/rated_bus.hpp"
#include "host/pipeline/source.hpp"
#include "host/report/manifest.hpp"
#include "host/report/report.hpp"

#include <functional>
#include <span>
#include <vector>

namespace stemlathe {

struct Deliveries {
    std::vector<DeliveryReport> reports{};   ///< in the plan's order; stems left blank
    std::vector<ManifestEntry> companions{}; ///< CUE and side sheets
};

/// Every delivery of the plan but stems, from the bus to the verified file: once per output rate
/// the bus is resampled and measured, then each delivery is rendered, then measured by the second
/// meter from its file. What does not depend on each other runs side by side.
/// @param bus  at the session's rate; measured here unless it is already
/// @param errands  other work to do in between, as threads are free
[[nodiscard]] Deliveries deliver(
    RatedBus const& bus,
    MasteringPlan const& plan,
    Session const& session,
    Window const& window,
    OutputFolder& out,
    std::span<std::function<void()> const> errands,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
