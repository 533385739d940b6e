#pragma once

#include "host/pipeline/delivery_render.hpp"

#include <filesystem>
#include <optional>

namespace stemlathe {

struct RenderedVersion {
    DeliveryReport report{};                        ///< what is known before the file is measured
    std::int64_t clipped_samples = 0;               ///< of the file, beyond full scale
    std::optional<double> peak_dbtp = std::nullopt; ///< before dither; only where it may be wanted
};

/// Renders one version of a delivery to `file`: the version's mix with the gains of the master,
/// which is rendered and verified already, and `gain_db` on the whole. The file is complete and on
/// disk when this returns.
/// @param audio  the version's mix after the bus multiband, at the session's rate
/// @param bus  the main bus at the delivered rate, before the vinyl chain
/// @param session  as the version's tags have it, see `session_of_version`
[[nodiscard]] RenderedVersion render_version(
    VersionPlan const& version,
    RenderedDelivery const& master,
    AudioStore const& audio,
    RatedBus const& bus,
    Session const& session,
    Window const& window,
    std::filesystem::path const& file,
    double gain_db,
    Backend& backend,
    Run& run
);

/// The session as a version's own tags have it: "Title (Instrumental)", its own ISRC or none.
[[nodiscard]] Session session_of_version(Session const& session, VersionPlan const& version);

/// The constant gain that another render needs, dB, once the second meter has read the file: down
/// to the limit where the version is to be trimmed, and where its samples were clipped. nullopt:
/// the file may stay.
[[nodiscard]] std::optional<double>
version_gain_for(RenderedVersion const& rendered, VersionPlan const& version);

/// Says in the report what a constant gain means for whoever adds versions up; where nobody asked
/// for it, that is a failure.
void explain_version_gain(DeliveryReport& report, VersionPlan const& version);

} // namespace stemlathe
