#include "host/pipeline/levels.hpp"

#include "kernels/base/units.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stemlathe {

namespace {

constexpr double kAbsoluteGate_lufs = -70.0;
constexpr double kRelativeGate_lu = -20.0;

double sum(std::vector<double> const& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

} // namespace

double percentile(std::vector<double> values, double fraction) {
    if (values.empty()) {
        return 0.0;
    }
    auto const rank = std::ceil(fraction * static_cast<double>(values.size())) - 1.0;
    auto const at = std::clamp(rank, 0.0, static_cast<double>(values.size() - 1));
    auto const place = values.begin() + static_cast<std::ptrdiff_t>(at);
    std::ranges::nth_element(values, place);
    return *place;
}

std::optional<double> loudness_range_lu(std::span<double const> short_term_lufs) {
    std::vector<double> loud;
    double power = 0.0;
    for (double const value : short_term_lufs) {
        if (value >= kAbsoluteGate_lufs) {
            loud.push_back(value);
            power += std::pow(10.0, value / 10.0);
        }
    }
    if (loud.empty()) {
        return std::nullopt;
    }
    double const gate = db_from_power(power / static_cast<double>(loud.size())) + kRelativeGate_lu;
    std::erase_if(loud, [&](double value) { return value < gate; });
    std::ranges::sort(loud);
    auto const at = [&](double fraction) {
        return loud[static_cast<std::size_t>(
            std::llround(static_cast<double>(loud.size() - 1) * fraction)
        )];
    };
    return at(0.95) - at(0.10);
}

double rms_dbfs(EnergyTrack const& track) {
    auto const hops = static_cast<double>(track.left.size());
    return hops > 0.0 ? db_from_power((sum(track.left) + sum(track.right)) / (2.0 * hops))
                      : kSilence_db;
}

std::optional<double> correlation(EnergyTrack const& track) {
    double const scale = std::sqrt(sum(track.left) * sum(track.right));
    if (scale < 1e-12) {
        return std::nullopt;
    }
    return std::clamp(sum(track.product) / scale, -1.0, 1.0);
}

double sample_peak(EnergyTrack const& track) {
    return track.peak.empty() ? 0.0 : static_cast<double>(std::ranges::max(track.peak));
}

std::optional<double> unless_silent(double level_db) {
    return level_db > -200.0 ? std::optional{level_db} : std::nullopt;
}

} // namespace stemlathe
