#include "host/demo/reverb.hpp"

#include <cmath>

namespace stemlathe::demo {
namespace {

/// Lengths with no common rhythm, in units of the room's size.
constexpr std::array<double, 4> kLengths{0.761, 0.917, 1.093, 1.231};

} // namespace

Reverb::Reverb(Settings const& settings, double rate_hz) {
    lines_.reserve(kLines);
    for (std::size_t line = 0; line < kLines; ++line) {
        double const delay_s = kLengths[line] * settings.size_s;
        lines_.emplace_back(static_cast<std::size_t>(std::lround(delay_s * rate_hz)));
        damping_[line].tune_hz(settings.damp_hz, rate_hz);
        gain_[line] = std::pow(10.0, -3.0 * delay_s / settings.decay_s);
    }
}

StereoSample Reverb::next(double input) noexcept {
    std::array<double, kLines> out{};
    double sum = 0.0;
    for (std::size_t line = 0; line < kLines; ++line) {
        out[line] = damping_[line].next(lines_[line].oldest()) * gain_[line];
        sum += out[line];
    }
    for (std::size_t line = 0; line < kLines; ++line) {
        lines_[line].push(input + out[line] - 0.5 * sum);
    }
    return {out[0] - out[2], out[1] - out[3]};
}

} // namespace stemlathe::demo
