#pragma once

#include "host/pipeline/rated_bus.hpp"

namespace stemlathe {

/// The chain of a vinyl master, which is another master and no gain change: high-pass 25 Hz and
/// low-pass 17 kHz (12 dB/oct), a first-order high-pass at 150 Hz on the side signal alone (the
/// elliptical equaliser of a cutting desk), and a band at 7 kHz that gives way while it is loud
/// itself. All of it linear phase; nothing in it limits.
/// @returns the result, stored and measured
[[nodiscard]] RatedBus
vinyl_chain(RatedBus const& bus, bool keep_screen, Backend& backend, Run& run);

/// A version's mix through the same chain, its sibilance cut where the main mix's is.
/// @param bus  the main bus as `vinyl_chain` got it
/// @param to_rate  takes `audio` to the bus's rate; used up
[[nodiscard]] std::shared_ptr<AudioStore const> vinyl_version(
    RatedBus const& bus, AudioStore const& audio, Chain& to_rate, Backend& backend, Run& run
);

} // namespace stemlathe
