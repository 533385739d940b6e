#pragma once

#include <string>
#include <vector>

namespace stemlathe::html {

/// Where a frequency lies among the centres of bands, 0 at the first, bands - 1 at the last;
/// straight over log frequency between two of them, held outside. At least two bands, rising.
[[nodiscard]] double band_position(std::vector<double> const& bands_hz, double hz);

struct FrequencyTick {
    double hz = 0.0;
    std::string text{}; ///< "500", "2k"
};

/// 50, 100, 200, 500 ... as far as they lie within the range.
[[nodiscard]] std::vector<FrequencyTick> frequency_ticks(double low_hz, double high_hz);

} // namespace stemlathe::html
