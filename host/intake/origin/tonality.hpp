#pragma once

#include "host/intake/origin/mean_spectrum.hpp"

namespace stemlathe {

/// The share of the power from 300 Hz to 12 kHz that lies in lines which stand out by 9 dB over
/// the median of 300 Hz to either side: next to nothing for noise, most of it for notes.
/// @param spectrum  of six windows or more, so that chance does not make lines
[[nodiscard]] double tonal_share(MeanSpectrum const& spectrum);

} // namespace stemlathe
