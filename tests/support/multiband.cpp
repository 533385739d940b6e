#include "tests/support/multiband.hpp"

namespace stemlathe::test {

Signal compressed_by(
    Backend& backend, DynamicsSettings const& settings, Signal const& signal, Signal const& key
) {
    auto const stage = backend.make_dynamics(settings);
    return settings.external_key ? run(backend, *stage, std::vector<Signal>{signal, key})
                                 : run(backend, *stage, signal);
}

Signal through_bands(
    Backend& backend,
    BandSplitSettings const& split,
    std::span<DynamicsSettings const> bands,
    Signal const& signal,
    Signal const& key
) {
    auto const splitter = backend.make_band_split(split);
    auto parts = run(backend, *splitter, signal);
    EXPECT_EQ(parts.size(), bands.size());
    for (std::size_t i = 0; i < bands.size(); ++i) {
        parts[i] = compressed_by(backend, bands[i], parts[i], key);
    }
    auto const mix = backend.make_mix({.inputs = static_cast<int>(parts.size())});
    return run(backend, *mix, parts);
}

} // namespace stemlathe::test
