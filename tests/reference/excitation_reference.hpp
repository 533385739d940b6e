#pragma once

#include "tests/reference/ear_reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

/// Excitation patterns of sounds heard together. After Moore, Glasberg & Baer (MGB), JAES 45(4),
/// 1997, as the paper writes it.
namespace stemlathe::reference {

/// Power at the output of each auditory filter, [filter], relative to a 1 kHz tone of 0 dB SPL.
using Excitation = std::vector<double>;

/// W(g) = (1 + p g) exp(-p g), nothing at more than two centre frequencies' distance g.
/// Source: Patterson et al., JASA 72(6), 1982; Glasberg & Moore, Hear. Res. 47, 1990, eq. 1.
inline double roex(double g, double p) {
    constexpr double kFarthest = 2.0;
    return g > kFarthest ? 0.0 : (1.0 + p * g) * std::exp(-p * g);
}

/// Slope p of a symmetric filter as wide as the ear's, whatever the level.
inline double level_free_slope(double hz) {
    return 4.0 * hz / erb_hz(hz);
}

/// What counts as the level about a line: a filter of the ear's width at 51 dB (ANSI S3.4-2007), or
/// whatever lies within half an ERB of it (Glasberg & Moore 1990), which is what the product does.
enum class LevelRule { roex, rectangle };

/// Level per ERB about each line, dB, [line]: what sets the filters' shapes there. Lines ascend.
inline std::vector<double> levels_per_erb_db(LineSpectrum const& lines, LevelRule rule) {
    std::vector<double> levels_db;
    for (auto const& centre : lines) {
        double const p = level_free_slope(centre.hz);
        double power = 0.0;
        for (auto const& line : lines) {
            double const weight =
                rule == LevelRule::roex
                    ? roex(std::abs(line.hz - centre.hz) / centre.hz, p)
                    : (std::abs(cam(line.hz) - cam(centre.hz)) <= 0.5 ? 1.0 : 0.0);
            power += weight * line.power;
        }
        levels_db.push_back(to_db(power));
    }
    return levels_db;
}

/// Slope p of the filter at `centre_hz` for a line at `line_hz` where the level is `level_db` per
/// ERB. The skirt below the centre grows shallower with level; the one above does not change.
/// Source: Glasberg & Moore 1990, level dependence of p_l; MGB 1997.
inline double filter_slope(double centre_hz, double line_hz, double level_db) {
    double const p = level_free_slope(centre_hz);
    if (line_hz >= centre_hz) {
        return p;
    }
    constexpr double kShallowest = 0.1; // a skirt still falls
    return std::max(p - 0.35 * p / level_free_slope(1000.0) * (level_db - 51.0), kShallowest);
}

/// Excitation of each stem, [stem][filter], behind filters shaped by all of them together, so that
/// excitations add. `stems` are spectra at the cochlea. Source: MGB 1997, partial loudness: one set
/// of filters for signal and background.
inline std::vector<Excitation> excitations(
    std::vector<LineSpectrum> const& stems,
    std::vector<double> const& centres_hz,
    LevelRule rule = LevelRule::roex
) {
    auto const all = together(stems);
    auto const levels_db = levels_per_erb_db(all, rule);
    std::vector<Excitation> out(stems.size(), Excitation(centres_hz.size(), 0.0));
    for (std::size_t i = 0; i < stems.size(); ++i) {
        for (auto const& line : stems[i]) {
            auto const at = std::ranges::lower_bound(all, line.hz, {}, &Line::hz) - all.begin();
            double const level_db = levels_db[static_cast<std::size_t>(at)];
            for (std::size_t b = 0; b < centres_hz.size(); ++b) {
                double const g = std::abs(line.hz - centres_hz[b]) / centres_hz[b];
                double const p = filter_slope(centres_hz[b], line.hz, level_db);
                out[i][b] += line.power * roex(g, p);
            }
        }
    }
    return out;
}

} // namespace stemlathe::reference
