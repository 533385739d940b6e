#pragma once

#include "tests/support/audio_matchers.hpp"

#include <span>
#include <vector>

namespace stemlathe::test {

/// A whole signal through one compressor. `key` is its second input if it has an external key.
[[nodiscard]] Signal compressed_by(
    Backend& backend, DynamicsSettings const& settings, Signal const& signal, Signal const& key = {}
);

/// A whole signal through band split, a compressor for each band, and the sum of them, one stage
/// after the other.
/// @param bands  one more than crossovers
[[nodiscard]] Signal through_bands(
    Backend& backend,
    BandSplitSettings const& split,
    std::span<DynamicsSettings const> bands,
    Signal const& signal,
    Signal const& key = {}
);

} // namespace stemlathe::test
