#pragma once

#include "host/pipeline/chain.hpp"
#include "host/pipeline/rated_bus.hpp"
#include "host/pipeline/source.hpp"
#include "host/run.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace stemlathe {

/// The audio of each version of a plan, in its order.
using VersionStores = std::vector<std::shared_ptr<AudioStore const>>;

/// Mixes of some of the processed stems, made while the stems pass on their way to the main bus:
/// mutes, sum, bus equaliser. All of it is linear, so versions that share out the stems add up to
/// the main bus.
class VersionBuses {
  public:
    /// @param plan  resolved as far as stems, versions and the bus equaliser go
    VersionBuses(
        MasteringPlan const& plan,
        Session const& session,
        Window const& window,
        Backend& backend,
        Run const& run
    );

    [[nodiscard]] std::size_t size() const noexcept {
        return mixes_.size();
    }

    /// Takes the processed stems' next views for one version; different versions may be on
    /// different threads.
    void process(std::size_t version, std::span<AudioView const> stems);

    /// Takes what is left of one stem.
    void drain(std::size_t stem, AudioView view);

    /// After all stems were drained.
    [[nodiscard]] VersionStores finish();

  private:
    struct Part {
        std::size_t stem = 0;
        Chain mutes{};
    };

    struct Mix {
        std::vector<Part> parts{};
        std::unique_ptr<Stage> sum{};
        Chain bus_chain{};
        std::shared_ptr<AudioStore> store{};
        std::vector<AudioView> inputs{};
    };

    static void take(Mix& mix);
    static void take_only(Mix& mix, std::size_t part, AudioView view);

    std::vector<Mix> mixes_;
};

/// A version's mix through the multiband of the main bus: each band gets the gain that the main
/// bus's band gets.
/// @param bus  the main bus before its multiband, as long as `version`
[[nodiscard]] std::shared_ptr<AudioStore const> render_version_multiband(
    AudioStore const& bus,
    AudioStore const& version,
    MultibandPlan const& plan,
    int rate_hz,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
