#include "tests/demo/band_energy.hpp"

#include "kernels/base/units.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace stemlathe::test {
namespace {

using Complex = std::complex<double>;

/// Cooley & Tukey, 1965, as on the blackboard.
void transform(std::span<Complex> values) {
    auto const size = values.size();
    if (size == 1) {
        return;
    }
    std::vector<Complex> even(size / 2);
    std::vector<Complex> odd(size / 2);
    for (std::size_t i = 0; i < size / 2; ++i) {
        even[i] = values[2 * i];
        odd[i] = values[2 * i + 1];
    }
    transform(even);
    transform(odd);
    auto const step = std::polar(1.0, -2.0 * std::numbers::pi / static_cast<double>(size));
    Complex turn{1.0, 0.0};
    for (std::size_t i = 0; i < size / 2; ++i) {
        auto const turned = turn * odd[i];
        values[i] = even[i] + turned;
        values[i + size / 2] = even[i] - turned;
        turn *= step;
    }
}

} // namespace

std::vector<double>
mean_spectrum(std::span<float const> interleaved, int rate_hz, Stretch const& stretch) {
    std::vector<double> power(kSpectrumFrames / 2, 0.0);
    std::vector<Complex> window(kSpectrumFrames);
    auto const first = static_cast<std::size_t>(frames_from_seconds(stretch.start_s, rate_hz));
    auto const last = std::min(
        static_cast<std::size_t>(frames_from_seconds(stretch.end_s, rate_hz)),
        interleaved.size() / 2
    );
    std::size_t windows = 0;
    for (auto at = first; at + kSpectrumFrames <= last; at += kSpectrumFrames) {
        for (std::size_t i = 0; i < kSpectrumFrames; ++i) {
            double const turn = 2.0 * std::numbers::pi * static_cast<double>(i) / kSpectrumFrames;
            double const weight = 0.5 - 0.5 * std::cos(turn);
            // Left and right as one complex signal: bins i and -i together hold both powers.
            window[i] = weight * Complex{interleaved[2 * (at + i)], interleaved[2 * (at + i) + 1]};
        }
        transform(window);
        for (std::size_t bin = 1; bin < power.size(); ++bin) {
            power[bin] += std::norm(window[bin]) + std::norm(window[kSpectrumFrames - bin]);
        }
        ++windows;
    }
    for (double& value : power) {
        value /= static_cast<double>(std::max<std::size_t>(windows, 1));
    }
    return power;
}

double
band_db(std::span<float const> interleaved, int rate_hz, Stretch const& stretch, Band const& band) {
    auto const power = mean_spectrum(interleaved, rate_hz, stretch);
    double const bin_hz = static_cast<double>(rate_hz) / kSpectrumFrames;
    double sum = 0.0;
    for (std::size_t bin = 0; bin < power.size(); ++bin) {
        double const hz = static_cast<double>(bin) * bin_hz;
        if (hz >= band.low_hz && hz < band.high_hz) {
            sum += power[bin];
        }
    }
    return db_from_power(sum);
}

} // namespace stemlathe::test
