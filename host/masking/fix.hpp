#pragma once

#include "host/masking/pair_sums.hpp"
#include "host/model/plan.hpp"

#include <span>
#include <vector>

namespace stemlathe {

/// A change to one stem that uncovers another: an equaliser band that cuts the one that covers; or,
/// where both are the same, a gain on the one that is covered, or a band that boosts it.
struct Fix {
    StemPair pair{};          ///< whom it helps, and whom it changes
    PlanBand band{};          ///< static, or keyed by the masked stem; a gain has only band.gain_db
    bool recurring = false;   ///< a short hit ducks a bed: what others call a side chain
    bool boosts = false;      ///< a band of the covered stem, for where the cut goes no further
    bool compensates = false; ///< a gain for what cuts took from the loudness of their stem
    double most_db = 0.0;     ///< how far its gain may go, dB, > 0
    double benefit_db = 0.0;  ///< what it takes off the cost J by itself, as predicted
    std::vector<double> power{}; ///< [bands] factor on the changed stem's power where it is at work

    [[nodiscard]] bool is_cut() const noexcept {
        return pair.masked != pair.masker;
    }

    [[nodiscard]] bool is_gain() const noexcept {
        return !is_cut() && !boosts;
    }
};

/// Fills `power` for the fix's gain.
void set_gain(Fix& fix, double gain_db, std::span<double const> bands_hz);

} // namespace stemlathe
