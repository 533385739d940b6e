#pragma once

#include "host/intake/bus_processing.hpp"
#include "host/intake/null_fit.hpp"
#include "host/intake/null_measure.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace stemlathe {

/// Why the stems do not add up to the reference mix, or that they do.
struct NullDiagnosis {
    std::int64_t offset_frames = 0; ///< the reference lags most stems by this
    std::vector<double> lags{};     ///< [stems] against the others; positive: late in the reference
    std::vector<bool> is_fraction{}; ///< [stems] its lag is no whole number of frames
    NullProducts products{};
    NullFit fit{};
    bool matches = true;                  ///< some stem is heard in the reference
    bool time_reference_is_wrong = false; ///< without the files' time references they fit
    /// Where something is left that neither place, nor gain, nor polarity explain.
    std::optional<BusProcessing> bus = std::nullopt;
};

/// A residual above this deserves an explanation.
inline constexpr double kNullWarn_db = -30.0;

/// @param products  of the stems as sent and the reference at offset 0: all that is needed where
/// nothing is wrong; otherwise parts of the files are read again
[[nodiscard]] NullDiagnosis diagnose_null(NullProducts products, NullContext const& context);

} // namespace stemlathe
