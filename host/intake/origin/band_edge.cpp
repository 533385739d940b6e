#include "host/intake/origin/band_edge.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace stemlathe {

namespace {

/// The last 1.5 % below half the rate belong to the converter.
double end_of_band_hz(MeanSpectrum const& spectrum) {
    return 0.985 * spectrum.top_hz();
}

/// Where the level, over 200 Hz, falls below `level_db`.
double crossing_hz(MeanSpectrum const& spectrum, double from_hz, double to_hz, double level_db) {
    constexpr double kStep_hz = 50.0;
    constexpr double kWidth_hz = 100.0;
    double hz = from_hz;
    while (hz < to_hz && spectrum.median_db(hz - kWidth_hz, hz + kWidth_hz) > level_db) {
        hz += kStep_hz;
    }
    return hz;
}

} // namespace

std::optional<BandEdge> codec_edge(MeanSpectrum const& spectrum) {
    constexpr double kFrom_hz = 9'000.0;
    constexpr double kTo_hz = 20'600.0;
    constexpr double kStep_hz = 100.0;
    constexpr double kGap_hz = 400.0;
    constexpr double kBelow_hz = 1'000.0;
    constexpr double kAbove_hz = 600.0;
    constexpr double kFloor_hz = 300.0; // of what lies beyond, at least
    // How far it may go on falling: a straight slope falls by 0.8 of the drop once more.
    constexpr double kFlat_db = 15.0;
    constexpr double kFlatShare = 0.3;
    double const end_hz = end_of_band_hz(spectrum);
    std::optional<BandEdge> edge;
    double level_db = 0.0;
    for (double hz = kFrom_hz; hz <= kTo_hz; hz += kStep_hz) {
        double const from_hz = hz + kGap_hz;
        double const beyond_hz = from_hz + kAbove_hz;
        if (beyond_hz + kFloor_hz > end_hz) {
            break;
        }
        double const below_db = spectrum.median_db(hz - kGap_hz - kBelow_hz, hz - kGap_hz);
        double const above_db = spectrum.median_db(from_hz, beyond_hz);
        double const drop_db = below_db - above_db;
        if (drop_db < kCodecDrop_db || (edge && drop_db <= edge->drop_db)) {
            continue;
        }
        double const beyond_db =
            spectrum.median_db(beyond_hz, std::min(beyond_hz + 2'000.0, end_hz));
        if (std::abs(above_db - beyond_db) < std::max(kFlat_db, kFlatShare * drop_db)) {
            edge = BandEdge{.hz = hz, .drop_db = drop_db};
            level_db = 0.5 * (below_db + above_db);
        }
    }
    if (edge) {
        edge->hz = crossing_hz(
            spectrum, edge->hz - kGap_hz - 0.5 * kBelow_hz, edge->hz + kGap_hz + kAbove_hz, level_db
        );
    }
    return edge;
}

std::optional<BandEdge> upsampling_edge(MeanSpectrum const& spectrum) {
    constexpr std::array kEdges_hz{22'050.0, 24'000.0, 44'100.0, 48'000.0};
    constexpr double kNothing_dbfs_hz = -150.0;
    constexpr double kFlat_db = 12.0;
    double const end_hz = end_of_band_hz(spectrum);
    for (double const hz : kEdges_hz) {
        if (1.05 * hz > end_hz) {
            break;
        }
        double const below_db = spectrum.median_db(0.86 * hz, 0.95 * hz);
        double const start_db = spectrum.median_db(hz, 1.03 * hz);
        double const above_db = spectrum.median_db(1.03 * hz, std::min(1.15 * hz, end_hz));
        double const floor_dbfs_hz = above_db - 10.0 * std::log10(spectrum.bin_hz);
        if (below_db - above_db >= kUpsamplingDrop_db && start_db - above_db < kFlat_db &&
            floor_dbfs_hz < kNothing_dbfs_hz) {
            return BandEdge{.hz = hz, .drop_db = below_db - above_db};
        }
    }
    return std::nullopt;
}

} // namespace stemlathe
