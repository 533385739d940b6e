#pragma once

#include "host/pipeline/rated_bus.hpp"

namespace stemlathe {

/// The bus as a delivery with a low end of its own has it. The chain of a vinyl master is another
/// master and no gain change: high-pass 25 Hz and low-pass 17 kHz (12 dB/oct), a first-order
/// high-pass at 150 Hz on the side signal alone (the elliptical equaliser of a cutting desk), and a
/// band at 7 kHz that gives way while it is loud itself. Other deliveries have the high-passes of
/// their `low_end` alone. All of it linear phase; nothing in it limits.
/// @param plan  one with shapes_bus(plan)
/// @returns the result, stored and measured
[[nodiscard]] RatedBus
shaped_bus(RatedBus const& bus, DeliveryPlan const& plan, Backend& backend, Run& run);

/// A version's mix through the same chain, its sibilance cut where the main mix's is.
/// @param bus  the main bus as `shaped_bus` got it
/// @param to_rate  takes `audio` to the bus's rate; used up
[[nodiscard]] std::shared_ptr<AudioStore const> shaped_version(
    DeliveryPlan const& plan,
    RatedBus const& bus,
    AudioStore const& audio,
    Chain& to_rate,
    Backend& backend,
    Run& run
);

} // namespace stemlathe
