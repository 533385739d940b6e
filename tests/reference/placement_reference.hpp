#pragma once

#include <cmath>
#include <numbers>
#include <utility>

namespace stemlathe::reference {

/// A stereo frame after gain in dB, then width on mid/side, then balance, step by step in double.
inline std::pair<double, double>
placed(double left, double right, double gain_db, double width, double pan) {
    double const gain = std::pow(10.0, gain_db / 20.0);
    double const mid = gain * (left + right) / 2.0;
    double const side = gain * (left - right) / 2.0 * width;
    double const far_gain = std::cos(std::numbers::pi / 2.0 * std::abs(pan));
    return {
        (mid + side) * (pan > 0.0 ? far_gain : 1.0), (mid - side) * (pan < 0.0 ? far_gain : 1.0)};
}

} // namespace stemlathe::reference
