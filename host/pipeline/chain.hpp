#pragma once

#include "host/model/plan.hpp"
#include "host/model/session.hpp"
#include "kernels/backend.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace stemlathe {

using AudioSink = std::function<void(AudioView)>;

/// Stages one after the other. A stage may listen to a key: one of the conformed stems.
class Chain {
  public:
    void add(std::unique_ptr<Stage> stage, std::optional<std::size_t> key = std::nullopt);

    /// True if a stage of it listens to a key.
    [[nodiscard]] bool has_keys() const noexcept;

    /// @param keys  the conformed stems' newest views, for stages with a key
    [[nodiscard]] AudioView process(AudioView view, std::span<AudioView const> keys = {});

    /// Drains every stage through those behind it; `sink` gets what comes out, piece by piece.
    void finish(AudioSink const& sink);

  private:
    struct Link {
        std::unique_ptr<Stage> stage;
        std::optional<std::size_t> key;
    };

    [[nodiscard]] AudioView
    pass(std::size_t first, AudioView view, std::span<AudioView const> keys);

    std::vector<Link> links_;
};

/// Contract section 4, signal flow of a stem: gain -> static EQ -> dynamic EQ -> dynamics ->
/// regions -> width -> pan. What is off or neutral adds no stage, so a stem left alone passes bit
/// for bit.
/// @param plan  resolved
[[nodiscard]] Chain make_stem_chain(
    StemPlan const& plan, Session const& session, std::int64_t from_frame, Backend& backend
);

/// Adds a region given in frames of the song, as a window that begins at `from_frame` has it;
/// nothing where the region ends before.
void add_region(Chain& chain, RegionSettings region, std::int64_t from_frame, Backend& backend);

/// The bus equaliser; empty where it is off.
[[nodiscard]] Chain make_bus_chain(BusPlan const& plan, int rate_hz, Backend& backend);

[[nodiscard]] DynamicsSettings
dynamics_settings(CompressorPlan const& plan, int rate_hz, double link) noexcept;

} // namespace stemlathe
