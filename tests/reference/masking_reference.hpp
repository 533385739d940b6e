#pragma once

#include "tests/reference/ear_reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

/// Who covers whom, by how many dB: excitation patterns of stems heard together, thresholds,
/// margins. After Moore, Glasberg & Baer (MGB), JAES 45(4), 1997, as the paper writes it.
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

/// Sum of all excitations but that of `stem`, and of `without` where one is named.
inline Excitation others(
    std::vector<Excitation> const& stems,
    std::size_t stem,
    std::size_t without = std::numeric_limits<std::size_t>::max()
) {
    Excitation sum(stems.at(stem).size(), 0.0);
    for (std::size_t j = 0; j < stems.size(); ++j) {
        for (std::size_t b = 0; b < sum.size() && j != stem && j != without; ++b) {
            sum[b] += stems[j][b];
        }
    }
    return sum;
}

/// What a stem is heard against, and where.
struct Listening {
    std::vector<double> centres_hz = filter_centres_hz();
    Detection detection = Detection::mgb97;
};

/// Excitation a signal needs in each filter to be heard beside `masker`: K masker + threshold in
/// quiet. Source: MGB 1997, E_THRN.
inline Excitation masked_threshold(Excitation const& masker, Listening const& listening) {
    Excitation threshold;
    for (std::size_t b = 0; b < masker.size(); ++b) {
        double const hz = listening.centres_hz[b];
        double const ratio = from_db(detection_ratio_db(hz, listening.detection));
        threshold.push_back(ratio * masker[b] + from_db(quiet_threshold_db(hz)));
    }
    return threshold;
}

/// Margin D of a signal over its masked threshold, dB, [filter]; below 0 it is masked, and minus
/// infinity where there is no signal.
inline std::vector<double>
margins_db(Excitation const& signal, Excitation const& masker, Listening const& listening) {
    auto margins = masked_threshold(masker, listening);
    for (std::size_t b = 0; b < margins.size(); ++b) {
        margins[b] = to_db(signal[b] / margins[b]);
    }
    return margins;
}

/// A stem is heard by the ear that hears it better, in each filter.
inline std::vector<double>
better_ear_db(std::vector<double> const& left_db, std::vector<double> right_db) {
    for (std::size_t b = 0; b < right_db.size(); ++b) {
        right_db[b] = std::max(left_db[b], right_db[b]);
    }
    return right_db;
}

/// How far the margin of `stem` would rise if `masker` fell silent, dB, [filter]. The filters keep
/// their shapes, so the blame of the maskers compares.
inline std::vector<double> relief_db(
    std::vector<Excitation> const& stems,
    std::size_t stem,
    std::size_t masker,
    Listening const& listening
) {
    auto const before = masked_threshold(others(stems, stem), listening);
    auto relief = masked_threshold(others(stems, stem, masker), listening);
    for (std::size_t b = 0; b < relief.size(); ++b) {
        relief[b] = to_db(before[b] / relief[b]);
    }
    return relief;
}

/// Share of `masker` in what covers `stem`, [filter]; 0 where nothing does.
inline std::vector<double>
masker_share(std::vector<Excitation> const& stems, std::size_t stem, std::size_t masker) {
    auto share = others(stems, stem);
    for (std::size_t b = 0; b < share.size(); ++b) {
        share[b] = share[b] > 0.0 ? stems[masker][b] / share[b] : 0.0;
    }
    return share;
}

/// How much each filter matters to a stem, [filter], sum 1 or all 0: (E / E_quiet)^0.23 where E is
/// 3 dB above the threshold in quiet and within 15 dB of the stem's strongest filter. The exponent
/// is that of loudness: Stevens, Psychol. Rev. 64, 1957; the limits are ours.
inline std::vector<double> importance(Excitation const& stem, Listening const& listening) {
    double const strongest = *std::ranges::max_element(stem);
    std::vector<double> weights(stem.size(), 0.0);
    double sum = 0.0;
    for (std::size_t b = 0; b < stem.size(); ++b) {
        double const over = stem[b] / from_db(quiet_threshold_db(listening.centres_hz[b]));
        if (over > from_db(3.0) && stem[b] >= strongest * from_db(-15.0)) {
            weights[b] = std::pow(over, 0.23);
            sum += weights[b];
        }
    }
    for (double& weight : weights) {
        weight /= sum > 0.0 ? sum : 1.0;
    }
    return weights;
}

} // namespace stemlathe::reference
