#pragma once

#include "host/masking/balance.hpp"
#include "host/masking/pair_sums.hpp"

#include <span>
#include <string>
#include <vector>

namespace stemlathe {

/// How processing may change what it is not meant to change. Bounds are conventions of mastering.
struct PreservationLimits {
    double mix_lu = 0.3;          ///< integrated loudness of the sum
    double stem_louder_lu = 1.0;  ///< of a stem
    double stem_softer_lu = 3.0;  ///< of a stem that gives way
    double spectrum_rms_db = 1.0; ///< long-term spectrum of the sum, over bands
    double spectrum_max_db = 3.0;
    double centroid_share = 0.05; ///< of its centre of gravity
    double peak_to_loudness_db = 0.5;
    double correlation = 0.05;
    double pair_db = 0.5;          ///< no pair may lack so much more than before,
    double yielding_pair_db = 1.0; ///< nor so much where the masked stem is the less important
};

/// What is no longer as it was, a sentence each. Stems count by themselves, the mix with a gain on
/// all of them that makes it as loud as before.
/// @param makeup_db  that gain
/// @param files  [stems]
[[nodiscard]] std::vector<std::string> violations(
    Balance const& before,
    Balance const& after,
    double makeup_db,
    PairSums const& sums_before,
    PairSums const& sums_after,
    std::span<double const> bands_hz,
    std::span<std::string const> files,
    PreservationLimits const& limits = {}
);

} // namespace stemlathe
