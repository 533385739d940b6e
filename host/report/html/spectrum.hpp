#pragma once

#include "host/masking/masking_reading.hpp"

#include <string>
#include <vector>

namespace stemlathe::html {

/// The levels of masked stem, masker and threshold over log frequency while a finding lasts, with
/// the finding's band shaded. Empty where the finding has no picture.
/// @param masked, masker  names of the two, escaped
[[nodiscard]] std::string spectrum_picture(
    MaskingFinding const& finding,
    std::vector<double> const& bands_hz,
    std::string const& masked,
    std::string const& masker
);

} // namespace stemlathe::html
