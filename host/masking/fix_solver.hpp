#pragma once

#include "host/masking/event.hpp"
#include "host/masking/fix.hpp"
#include "host/masking/listening.hpp"
#include "host/masking/pair_sums.hpp"
#include "host/model/session.hpp"

#include <span>
#include <string>
#include <vector>

namespace stemlathe {

/// What the solver is to know.
struct FixTask {
    PairSums const& sums;
    std::span<MaskingEvent const> events{}; ///< the most important first
    std::span<double const> bands_hz{};
    std::span<std::string const> files{}; ///< [stems]
    std::vector<bool> may_change{};       ///< [stems] whose equaliser is ours to decide
    std::span<StemPair const> layered{};  ///< pairs that are no masking
    Field field = Field::diffuse;
    double calibration_db_spl = 95.0;
};

/// Changes that could bring every stem nearer to its target, the most helpful first, each with how
/// far it may go. In each band the stem of lower priority gives way, of several the lowest first;
/// equals share the cut. A band asks for the cut that three quarters of its weight need, 4 dB at
/// most where it is static, 6 dB where dynamic, 3 dB where the band is essential to the stem that
/// gives way (after Hafezi & Reiss, JAES 63(5), 2015). Cuts are bells of Q <= 4 or shelves, three
/// at most for a stem: dynamic and keyed by the masked stem unless the conflict lasts for two
/// fifths of the time that the masker plays. A stem that falls short in 15 % of all that
/// matters to it may be raised, by 0.9 dB at most; in the band of a static cut for it, it may
/// be boosted by 2 dB at most.
[[nodiscard]] std::vector<Fix> fix_candidates(FixTask const& task);

} // namespace stemlathe
