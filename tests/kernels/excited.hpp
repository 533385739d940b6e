#pragma once

#include "kernels/backend.hpp"
#include "tests/reference/excitation_reference.hpp"
#include "tests/support/signals.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

/// Spectra that are made up line by line, and what the ear makes of them.
namespace stemlathe::test {

/// Powers of one stem, [hops][kChannels][lines].
using Powers = std::vector<float>;

/// Copies a stem's spectra to the backend's memory. `buffer` is that memory.
inline SpectrumView
on_backend(Backend& backend, Powers& powers, std::int64_t lines, AudioBuffer& buffer) {
    auto const view = backend.upload(powers, 0, buffer);
    return {
        .powers = view.samples, .hops = view.frames / lines, .lines = lines, .memory = view.memory};
}

/// All stems' spectra in the backend's memory, for as long as this lives.
class StemSpectra {
  public:
    StemSpectra(Backend& backend, std::vector<Powers> stems, std::int64_t lines)
        : buffers_(stems.size()) {
        for (std::size_t i = 0; i < stems.size(); ++i) {
            views_.push_back(on_backend(backend, stems[i], lines, buffers_[i]));
        }
    }

    [[nodiscard]] std::int64_t hops() const {
        return views_.front().hops;
    }

    /// Some hops of all stems.
    [[nodiscard]] std::vector<SpectrumView> slice(std::int64_t first, std::int64_t count) const {
        std::vector<SpectrumView> slices;
        for (auto const& view : views_) {
            slices.push_back(view.slice(first, count));
        }
        return slices;
    }

  private:
    std::vector<AudioBuffer> buffers_;
    std::vector<SpectrumView> views_;
};

/// Spectra of very different lines: `db` below full scale at the loudest, up to 70 dB less, and
/// every fifth line silent.
inline Powers mixed_lines(std::int64_t hops, std::size_t lines, double db, std::uint64_t seed) {
    Powers powers(static_cast<std::size_t>(hops) * kChannels * lines);
    for (std::size_t i = 0; i < powers.size(); ++i) {
        double const level_db = -db - 70.0 * uniform(seed, i);
        powers[i] = i % 5 == 4 ? 0.0F : static_cast<float>(std::pow(10.0, level_db / 10.0));
    }
    return powers;
}

/// Excitations of all stems in host memory, [hops][stems][kChannels][bands].
struct Excited {
    std::vector<float> powers{};
    std::size_t stems = 1;
    std::size_t bands = 75;

    [[nodiscard]] float
    at(std::size_t hop, std::size_t stem, std::size_t ear, std::size_t band) const {
        return powers[((hop * stems + stem) * kChannels + ear) * bands + band];
    }
};

} // namespace stemlathe::test
