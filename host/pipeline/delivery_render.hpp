#pragma once

#include "host/pipeline/delivery_files.hpp"
#include "host/pipeline/rated_bus.hpp"
#include "host/report/report.hpp"

#include <filesystem>
#include <optional>

namespace stemlathe {

/// What the finished file taught: rarely needed, because encoders lose level and overshoot, and
/// because meters disagree about peaks near half the sampling rate.
struct Correction {
    double lower_db = 0.0;  ///< how much lower the ceiling must lie
    double louder_lu = 0.0; ///< how much louder the render must be
};

/// What a render does to the level, all of it decided by the main mix alone.
struct DeliveryGains {
    double drive_db = 0.0;
    std::optional<LimiterSettings> limiter = std::nullopt; ///< nullopt: the drive is all
    RatedBus bus{};                                        ///< what the limiter listened to
};

struct RenderedDelivery {
    /// Target, drive, trim, gain reduction, notes and a failure of the budget; nothing that must be
    /// measured from the file.
    DeliveryReport report{};
    DeliveryGains gains{};
};

/// Renders one delivery to `file`: [vinyl chain], loudness solver around gain, limiter and trim,
/// dither, encoder. The file is complete and on disk when this returns.
/// @param plan  resolved, not a stems delivery
/// @param bus   the bus at plan.sample_rate_hz
[[nodiscard]] RenderedDelivery render_delivery(
    DeliveryPlan const& plan,
    RatedBus const& bus,
    Session const& session,
    Window const& window,
    std::filesystem::path const& file,
    Correction const& correction,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
