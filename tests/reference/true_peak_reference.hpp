#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace stemlathe::reference {

/// Modified Bessel function of the first kind, order 0, by its power series (Abramowitz & Stegun
/// 9.6.12).
inline double bessel_i0(double x) {
    double sum = 1.0;
    double term = 1.0;
    for (int k = 1; k < 80; ++k) {
        term *= (x / (2.0 * k)) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}

struct TruePeakReference {
    double peak = 0.0;
    std::int64_t frame = 0;
};

/// Largest |sample| of an interleaved stereo song oversampled `factor` times by convolution with a
/// sinc of `half_frames` frames to either side under a Kaiser window, every phase at unit gain at
/// 0 Hz; silence around the song. ITU-R BS.1770-5 Annex 2 by brute force, float64.
inline TruePeakReference
true_peak(std::vector<float> const& song, int factor, int half_frames, double beta) {
    TruePeakReference best;
    auto const frames = static_cast<std::int64_t>(song.size() / 2);
    for (int phase = 0; phase < factor; ++phase) {
        double const shift = static_cast<double>(phase) / factor;
        std::vector<double> taps;
        double sum = 0.0;
        for (int k = 1 - half_frames; k <= half_frames; ++k) {
            double const t = k - shift;
            double const place = std::min(1.0, std::abs(t) / half_frames);
            double const window =
                bessel_i0(beta * std::sqrt(1.0 - place * place)) / bessel_i0(beta);
            double const angle = std::numbers::pi * t;
            taps.push_back(window * (t == 0.0 ? 1.0 : std::sin(angle) / angle));
            sum += taps.back();
        }
        for (std::int64_t n = -half_frames; n < frames + half_frames; ++n) {
            for (std::int64_t channel = 0; channel < 2; ++channel) {
                double value = 0.0;
                for (std::size_t k = 0; k < taps.size(); ++k) {
                    auto const at = n + 1 - half_frames + static_cast<std::int64_t>(k);
                    if (at >= 0 && at < frames) {
                        value += taps[k] / sum * song[static_cast<std::size_t>(2 * at + channel)];
                    }
                }
                if (std::abs(value) > best.peak) {
                    best = {
                        .peak = std::abs(value),
                        .frame = std::clamp<std::int64_t>(n, 0, frames - 1)};
                }
            }
        }
    }
    return best;
}

} // namespace stemlathe::reference
