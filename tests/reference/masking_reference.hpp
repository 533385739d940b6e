#pragma once

#include "tests/reference/excitation_reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

/// Who covers whom, by how many dB: thresholds of stems heard together, margins, blame. After
/// Moore, Glasberg & Baer (MGB), JAES 45(4), 1997, as the paper writes it.
namespace stemlathe::reference {

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
