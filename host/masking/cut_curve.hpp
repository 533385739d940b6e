#pragma once

#include "kernels/equaliser/equaliser.hpp"

#include <span>
#include <vector>

namespace stemlathe {

/// A cut that one stem should make: dB per band, 0 or less, and how much each band matters.
struct CutCurve {
    std::vector<double> gain_db{}; ///< [bands]
    std::vector<double> mass{};    ///< [bands] weight of the gain where bells are fitted to it
};

/// Bells, or shelves at the ends of the hearing range, that come near the curve: one for each
/// stretch of bands that it cuts, Q from its width at half depth, 0.5 to 4. The most massive first.
[[nodiscard]] std::vector<EqualiserBand>
fit_bells(CutCurve const& curve, std::span<double const> bands_hz);

/// Factor on the power in every band [bands] of a filter.
[[nodiscard]] std::vector<double>
band_powers(EqualiserBand const& band, std::span<double const> bands_hz);

} // namespace stemlathe
