#pragma once

#include "host/vinyl/stereo_filter.hpp"

#include <vector>

namespace stemlathe {

/// What a cutting amplifier does to a signal, dB against 1 kHz. Source: IEC 60098:1987, the
/// recording characteristic, time constants 3180, 318 and 75 us:
/// |1 + jw 3180us| |1 + jw 75us| / |1 + jw 318us|.
[[nodiscard]] double recording_curve_db(double hz);

/// The curve as a filter; within 0.2 dB of it from 20 Hz to 16 kHz at rates from 44.1 kHz.
[[nodiscard]] std::vector<StereoFilter::Section> recording_curve_sections(int rate_hz);

} // namespace stemlathe
