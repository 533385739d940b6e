#pragma once

#include "host/output/output_folder.hpp"
#include "host/pipeline/render.hpp"
#include "host/pipeline/stem_files.hpp"
#include "host/pipeline/version_buses.hpp"

#include <memory>
#include <vector>

namespace stemlathe {

struct RenderedBus {
    std::shared_ptr<AudioStore const> bus{}; ///< after the bus equaliser, before its multiband
    VersionStores versions{};                ///< the same of the plan's versions
    MasteringPlan plan{};                    ///< nothing automatic is left
    std::vector<StemFiles> stem_files{};     ///< finished
};

/// Stems to the bus; meanwhile `stems` deliveries are written, and where the bus multiband is still
/// automatic the bus's band levels are measured and decide it.
/// @param out  nullptr: no stems are written
[[nodiscard]] RenderedBus render_bus(
    MasteringPlan const& plan,
    Session const& session,
    Window const& window,
    OutputFolder* out,
    Backend& backend,
    Run& run
);

/// The bus through its multiband, measured; the bus as it is, unmeasured, where that is off.
[[nodiscard]] RatedBus process_bus(
    std::shared_ptr<AudioStore const> const& bus,
    MasteringPlan const& plan,
    int rate_hz,
    Backend& backend,
    Run& run,
    std::vector<BandReduction>& reductions
);

/// A version's mix through the same multiband, with the gains of `bus`; as it is where that is off.
[[nodiscard]] std::shared_ptr<AudioStore const> process_version(
    AudioStore const& bus,
    std::shared_ptr<AudioStore const> const& version,
    MasteringPlan const& plan,
    int rate_hz,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
