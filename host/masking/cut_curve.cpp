#include "host/masking/cut_curve.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace stemlathe {

namespace {

constexpr double kLeastCut_db = 0.5;
constexpr double kLeastBell_db = 0.7;
constexpr double kLeastMassShare = 0.15; // of the curve's most massive band
constexpr std::size_t kBridged_bands = 2;
constexpr double kQ_min = 0.5;
constexpr double kQ_max = 4.0; // narrower cuts buy little margin
constexpr double kShelfQ = 0.7071;
constexpr double kLowEnd_hz = 50.0;
constexpr double kHighEnd_hz = 11'000.0;

struct CutStretch {
    std::size_t first = 0;
    std::size_t last = 0;
    double mass = 0.0;
};

std::vector<CutStretch> stretches_of(CutCurve const& curve) {
    double const most = *std::ranges::max_element(curve.mass);
    std::vector<CutStretch> out;
    for (std::size_t b = 0; b < curve.gain_db.size(); ++b) {
        if (curve.gain_db[b] > -kLeastCut_db || curve.mass[b] < kLeastMassShare * most) {
            continue;
        }
        if (out.empty() || b - out.back().last > kBridged_bands) {
            out.push_back({.first = b, .last = b});
        }
        out.back().last = b;
        out.back().mass += curve.mass[b];
    }
    std::ranges::stable_sort(out, std::greater{}, &CutStretch::mass);
    return out;
}

/// Half way, in log frequency, to the next band.
double edge_hz(std::span<double const> bands_hz, std::size_t inside, std::size_t outside) {
    return std::sqrt(bands_hz[inside] * bands_hz[outside]);
}

double rounded(double value, double step) {
    return std::round(value / step) * step;
}

/// Three significant digits: what a mix engineer would dial in.
double rounded_hz(double hz) {
    double const step = std::pow(10.0, std::floor(std::log10(hz)) - 2.0);
    return rounded(hz, step);
}

/// Its bands from the first to the last that is cut by half as much as its deepest, or more.
CutStretch at_half_depth(CutStretch const& stretch, CutCurve const& curve) {
    auto const of_stretch =
        std::span{curve.gain_db}.subspan(stretch.first, stretch.last - stretch.first + 1);
    double const half_db = 0.5 * *std::ranges::min_element(of_stretch);
    CutStretch core = stretch;
    while (curve.gain_db[core.first] > half_db) {
        ++core.first;
    }
    while (curve.gain_db[core.last] > half_db) {
        --core.last;
    }
    return core;
}

EqualiserBand
bell_of(CutStretch const& whole, CutCurve const& curve, std::span<double const> bands_hz) {
    auto const stretch = at_half_depth(whole, curve);
    double mass = 0.0;
    double centre = 0.0;
    double gain_db = 0.0;
    for (auto b = stretch.first; b <= stretch.last; ++b) {
        double const weight = -curve.gain_db[b] * curve.mass[b];
        mass += weight;
        centre += weight * std::log(bands_hz[b]);
        gain_db += weight * curve.gain_db[b];
    }
    auto const last_band = bands_hz.size() - 1;
    double const low_hz =
        edge_hz(bands_hz, stretch.first, stretch.first > 0 ? stretch.first - 1 : 0);
    double const high_hz = edge_hz(bands_hz, stretch.last, std::min(stretch.last + 1, last_band));
    EqualiserBand band;
    band.hz = rounded_hz(std::exp(centre / mass));
    band.gain_db = rounded(gain_db / mass, 0.1);
    if (low_hz < kLowEnd_hz) {
        band.type = EqualiserType::low_shelf;
        band.hz = rounded_hz(high_hz);
        band.q = kShelfQ;
    } else if (high_hz > kHighEnd_hz) {
        band.type = EqualiserType::high_shelf;
        band.hz = rounded_hz(low_hz);
        band.q = kShelfQ;
    } else {
        band.q = rounded(std::clamp(band.hz / (high_hz - low_hz), kQ_min, kQ_max), 0.01);
    }
    return band;
}

} // namespace

std::vector<EqualiserBand> fit_bells(CutCurve const& curve, std::span<double const> bands_hz) {
    std::vector<EqualiserBand> bells;
    for (auto const& stretch : stretches_of(curve)) {
        auto bell = bell_of(stretch, curve, bands_hz);
        if (bell.gain_db <= -kLeastBell_db) {
            bells.push_back(std::move(bell));
        }
    }
    return bells;
}

std::vector<double> band_powers(EqualiserBand const& band, std::span<double const> bands_hz) {
    std::vector<double> powers;
    for (double const hz : bands_hz) {
        double const gain = magnitude({band}, hz);
        powers.push_back(gain * gain);
    }
    return powers;
}

} // namespace stemlathe
