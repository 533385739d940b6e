#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

// A dynamic equaliser band as its documentation describes it, frame by frame in float64. Shares
// nothing with the product; the band's centred filter taps are given.

namespace stemlathe::reference {

struct DynamicBand {
    double rate_hz = 48'000;
    double hz = 1000;
    double q = 1;
    double threshold_db = -30;
    double attack_s = 0.008;
    double release_s = 0.12;

    /// The band's weight at each frame of the key.
    [[nodiscard]] std::vector<double> weights(std::vector<float> const& key) const {
        double const omega = 2 * std::acos(-1.0) * hz / rate_hz;
        double const alpha = std::sin(omega) / (2 * q); // RBJ cookbook, BPF, 0 dB at the centre
        double const window = std::exp(-1 / (0.010 * rate_hz));
        double const attack = std::exp(-1 / (attack_s * rate_hz));
        double const release = std::exp(-1 / (release_s * rate_hz));
        double x1[2] = {};
        double x2[2] = {};
        double y1[2] = {};
        double y2[2] = {};
        double power[2] = {};
        double falling = 0;
        double weight = 0;
        std::vector<double> result;
        for (std::size_t n = 0; n < key.size() / 2; ++n) {
            for (std::size_t c = 0; c < 2; ++c) {
                double const x = key[2 * n + c];
                double const y =
                    (alpha * (x - x2[c]) + 2 * std::cos(omega) * y1[c] - (1 - alpha) * y2[c]) /
                    (1 + alpha);
                x2[c] = x1[c];
                x1[c] = x;
                y2[c] = y1[c];
                y1[c] = y;
                power[c] = window * power[c] + (1 - window) * y * y;
            }
            double const rms = std::sqrt(std::max({power[0], power[1], 1e-30}));
            double const level_db = 20 * std::log10(std::sqrt(2.0) * rms);
            double const aim = std::clamp((level_db - (threshold_db - 3)) / 6, 0.0, 1.0);
            falling = std::max(aim, release * falling + (1 - release) * aim);
            weight = attack * weight + (1 - attack) * falling;
            result.push_back(weight);
        }
        return result;
    }

    [[nodiscard]] std::vector<double>
    run(std::vector<float> const& audio,
        std::vector<float> const& key,
        std::vector<float> const& taps) const {
        auto const weight = weights(key);
        auto const frames = static_cast<std::int64_t>(audio.size()) / 2;
        auto const half = static_cast<std::int64_t>(taps.size()) / 2;
        std::vector<double> result(audio.size());
        for (std::int64_t n = 0; n < frames; ++n) {
            for (std::int64_t c = 0; c < 2; ++c) {
                double wet = 0;
                for (auto k = std::max(-half, n - frames + 1); k <= std::min(half, n); ++k) {
                    wet += static_cast<double>(taps[static_cast<std::size_t>(half + k)]) *
                           audio[static_cast<std::size_t>(2 * (n - k) + c)];
                }
                auto const i = static_cast<std::size_t>(2 * n + c);
                result[i] = audio[i] + weight[static_cast<std::size_t>(n)] * (wet - audio[i]);
            }
        }
        return result;
    }
};

} // namespace stemlathe::reference
