#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

// The compressor of Giannoulis, Massberg & Reiss, "Digital Dynamic Range Compressor Design", JAES
// 60(6), 2012, frame by frame in float64. Shares nothing with the product.

namespace stemlathe::reference {

struct Compressor {
    double rate_hz = 48'000;
    double threshold_db = -20;
    double ratio = 4;
    double knee_db = 0;
    double attack_s = 0.01;
    double release_s = 0.1;
    double makeup_db = 0;
    bool rms = false;
    double rms_s = 0.01;
    bool branching = false;
    double link = 1;

    /// Output level of the static characteristic, eq. 4.
    [[nodiscard]] double static_curve(double x_db) const {
        double const over = x_db - threshold_db;
        if (2 * over < -knee_db) {
            return x_db;
        }
        if (2 * std::abs(over) <= knee_db && knee_db > 0) {
            double const bend = over + knee_db / 2;
            return x_db + (1 / ratio - 1) * bend * bend / (2 * knee_db);
        }
        return threshold_db + over / ratio;
    }

    struct Result {
        std::vector<double> audio;        ///< interleaved stereo
        std::vector<double> reduction_db; ///< interleaved stereo
    };

    [[nodiscard]] Result run(std::vector<float> const& audio, std::vector<float> const& key) const {
        double const attack = std::exp(-1 / (attack_s * rate_hz));
        double const release = std::exp(-1 / (release_s * rate_hz));
        double const window = std::exp(-1 / (rms_s * rate_hz));
        double power[2] = {};
        double y1[2] = {};
        double y[2] = {};
        Result result;
        for (std::size_t n = 0; n < audio.size() / 2; ++n) {
            double level_db[2] = {};
            for (std::size_t c = 0; c < 2; ++c) {
                double const x = key[2 * n + c];
                power[c] = rms ? window * power[c] + (1 - window) * x * x : x * x;
                level_db[c] = 10 * std::log10(std::max(power[c] * (rms ? 2 : 1), 1e-30));
            }
            for (std::size_t c = 0; c < 2; ++c) {
                double const louder_db = std::max(level_db[0], level_db[1]);
                double const linked_db = (1 - link) * level_db[c] + link * louder_db;
                double const wanted_db = linked_db - static_curve(linked_db);
                if (branching) { // eq. 16
                    double const alpha = wanted_db > y[c] ? attack : release;
                    y[c] = alpha * y[c] + (1 - alpha) * wanted_db;
                } else { // eq. 17
                    y1[c] = std::max(wanted_db, release * y1[c] + (1 - release) * wanted_db);
                    y[c] = attack * y[c] + (1 - attack) * y1[c];
                }
                result.reduction_db.push_back(y[c]);
                result.audio.push_back(audio[2 * n + c] * std::pow(10, (makeup_db - y[c]) / 20));
            }
        }
        return result;
    }
};

} // namespace stemlathe::reference
