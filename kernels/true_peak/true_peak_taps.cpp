#include "kernels/base/kaiser.hpp"
#include "kernels/true_peak/true_peak_math.hpp"

#include <cmath>
#include <numbers>

namespace stemlathe::true_peak {

namespace {

constexpr double kBeta = 5.0;
constexpr double kHalfWidth_frames = kTaps / 2.0;

double sinc(double frames) {
    double const angle = std::numbers::pi * frames;
    return std::abs(angle) < 1e-12 ? 1.0 : std::sin(angle) / angle;
}

Taps make_taps() {
    Taps taps;
    taps.of[0][kFramesBefore] = 1.0F;
    for (int phase = 1; phase < kPhases; ++phase) {
        double values[kTaps] = {};
        double sum = 0.0;
        for (int k = 0; k < kTaps; ++k) {
            double const distance = k - kFramesBefore - static_cast<double>(phase) / kPhases;
            values[k] = sinc(distance) * kaiser_window(distance / kHalfWidth_frames, kBeta);
            sum += values[k];
        }
        for (int k = 0; k < kTaps; ++k) {
            taps.of[phase][k] = static_cast<float>(values[k] / sum);
        }
    }
    return taps;
}

} // namespace

Taps const& taps() {
    static Taps const table = make_taps();
    return table;
}

} // namespace stemlathe::true_peak
