#include "kernels/loudness/energies.hpp"

#include "kernels/base/assert.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace stemlathe {

namespace {

// ITU-R BS.1770-5 Annex 1, eq. 2: the level that a K-weighted mean square of 1 reads.
constexpr double kOffset_lufs = -0.691;
constexpr double kAbsoluteGate_lufs = -70.0;
constexpr double kRelativeGate_lu = -10.0;
constexpr std::size_t kBlockHops = 4; // 400 ms, 75 % overlap
constexpr int kIntegratedHop_ms = 100;

double lufs(double power) {
    return power > 1e-30 ? kOffset_lufs + db_from_power(power) : kSilence_db;
}

double power_of(double level_lufs) {
    return std::pow(10.0, (level_lufs - kOffset_lufs) / 10.0);
}

/// Mean of the blocks above a gate; 0 where there is none.
double mean_above(std::vector<double> const& blocks, double gate) {
    double sum = 0.0;
    std::size_t count = 0;
    for (double const power : blocks) {
        if (power > gate) {
            sum += power;
            ++count;
        }
    }
    return count > 0 ? sum / static_cast<double>(count) : 0.0;
}

/// Mean of the `count` hops that end before `end`.
double window_mean(std::vector<double> const& hops, std::size_t end, std::size_t count) {
    auto const first = end - std::min(end, count);
    double const sum = std::accumulate(
        hops.begin() + static_cast<std::ptrdiff_t>(first),
        hops.begin() + static_cast<std::ptrdiff_t>(end),
        0.0
    );
    return sum / static_cast<double>(count);
}

} // namespace

double integrated_lufs(EnergyTrack const& track, double gain_db) {
    STEMLATHE_ASSERT(track.hop_ms == kIntegratedHop_ms);
    double const gain = std::pow(10.0, gain_db / 10.0);
    std::vector<double> blocks;
    for (auto end = kBlockHops; end <= track.mean_square.size(); ++end) {
        blocks.push_back(gain * window_mean(track.mean_square, end, kBlockHops));
    }
    double const absolute_gate = power_of(kAbsoluteGate_lufs);
    double const relative_gate =
        mean_above(blocks, absolute_gate) * std::pow(10.0, kRelativeGate_lu / 10.0);
    return lufs(mean_above(blocks, std::max(absolute_gate, relative_gate)));
}

std::vector<double> sliding_lufs(EnergyTrack const& track, int window_hops) {
    STEMLATHE_ASSERT(window_hops > 0);
    std::vector<double> out;
    out.reserve(track.mean_square.size());
    for (std::size_t end = 1; end <= track.mean_square.size(); ++end) {
        out.push_back(
            lufs(window_mean(track.mean_square, end, static_cast<std::size_t>(window_hops)))
        );
    }
    return out;
}

} // namespace stemlathe
