#pragma once

#include "kernels/backend.hpp"
#include "tests/support/audio_matchers.hpp"
#include "tests/support/signals.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

/// Spectra of whole songs.
namespace stemlathe::test {

/// Roots of powers. Both ears share a transform in float32: six roundings of 6e-8 on the longest
/// way through it. The worst tone at -6 dBFS is 5e-8 off, noise 1e-8.
inline constexpr double kAmplitude = 3e-7;

/// A batch of a card's transforms is filled as well as may be.
inline constexpr std::int64_t kSegmentFrames = 65'536;

/// A whole song's spectra, in host memory.
struct Spectra {
    std::vector<SpectrumLine> lines{};
    std::int64_t rows = kChannels;
    std::vector<float> powers{}; ///< [hops][rows][lines]

    [[nodiscard]] std::int64_t hops() const {
        return static_cast<std::int64_t>(powers.size() / lines.size()) / rows;
    }

    [[nodiscard]] std::span<float const> of(std::int64_t hop, std::int64_t row) const {
        auto const count = lines.size();
        return std::span{powers}.subspan(static_cast<std::size_t>(hop * rows + row) * count, count);
    }

    /// Of one ear around a hop.
    [[nodiscard]] double total(std::int64_t hop, std::int64_t ear) const {
        auto const power = of(hop, ear);
        return std::accumulate(power.begin(), power.end(), 0.0);
    }

    /// Mean over hops and both ears of what a region holds.
    [[nodiscard]] double mean_of_region(int region) const {
        double sum = 0.0;
        for (std::size_t i = 0; i < powers.size(); ++i) {
            sum += lines[i % lines.size()].region == region ? powers[i] : 0.0F;
        }
        return sum / static_cast<double>(hops() * kChannels);
    }
};

/// Adds a view to the spectra and checks that it goes on where they end.
inline void append(Backend& backend, SpectrumView view, Spectra& spectra) {
    EXPECT_EQ(view.position, spectra.hops());
    EXPECT_EQ(view.rows, spectra.rows);
    EXPECT_EQ(view.lines, static_cast<std::int64_t>(spectra.lines.size()));
    test::append(backend, view.as_frames(), spectra.powers);
}

inline Spectra spectra_of(
    Backend& backend,
    Signal const& signal,
    SpectrumSettings const& settings = {},
    std::int64_t segment_frames = kSegmentFrames
) {
    auto const stage = backend.make_spectrum(settings);
    Spectra spectra{.lines = spectrum_lines(settings), .rows = settings.cross ? 4 : 2};
    for_each_segment(backend, signal, segment_frames, [&](AudioView part) {
        append(backend, stage->process(part), spectra);
    });
    append(backend, stage->finish(), spectra);
    return spectra;
}

} // namespace stemlathe::test
