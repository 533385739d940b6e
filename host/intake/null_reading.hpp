#pragma once

#include <cstdint>

namespace stemlathe {

/// The sum of the stems against the reference mix.
struct NullReading {
    std::int64_t offset_samples = 0; ///< the reference lags the stems by this; negative: it leads
    double gain_db = 0.0;            ///< on the sum of the stems, as most of them have it
    int polarity = 1;                ///< -1: the reference as a whole is upside down
    /// RMS of reference - gain * sum of the stems as they were sent, over RMS of the reference, dB.
    double residual_db = 0.0;
};

/// Below this a residual says no more than that nothing is left: 32-bit float files round there.
inline constexpr double kNullFloor_db = -140.0;

} // namespace stemlathe
