#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace stemlathe::reference {

/// Two's complement little-endian words of `width` bytes.
inline std::vector<std::int64_t> words_of(std::span<std::byte const> bytes, std::size_t width) {
    std::vector<std::int64_t> words;
    for (std::size_t at = 0; at + width <= bytes.size(); at += width) {
        std::int64_t word = 0;
        for (std::size_t i = 0; i < width; ++i) {
            word += static_cast<std::int64_t>(bytes[at + i]) << (8 * i);
        }
        auto const range = std::int64_t{1} << (8 * width);
        words.push_back(word >= range / 2 ? word - range : word);
    }
    return words;
}

/// The threshold in quiet (Terhardt 1979, eq. 1), capped at 20 dB, as a power.
inline double capped_threshold(double frequency_hz) {
    double const f = frequency_hz / 1e3;
    double const db = 3.64 / std::pow(f, 0.8) - 6.5 * std::exp(-0.6 * std::pow(f - 3.3, 2.0)) +
                      1e-3 * std::pow(f, 4.0);
    return std::pow(10.0, std::min(db, 20.0) / 10.0);
}

/// Feedback of a shaper with `taps` taps: the predictor that minimises the noise weighted with the
/// inverse threshold, from the normal equations sum_k c_k r(|i - k|) = r(i) by Gaussian
/// elimination. Source: Makhoul, Proc. IEEE 63(4), 1975, eq. 8.
inline std::vector<double> shaper_feedback(double rate_hz, std::size_t taps) {
    std::vector<double> r(taps + 1, 0.0);
    constexpr int kPoints = 20'000;
    for (int i = 0; i < kPoints; ++i) {
        double const angle = std::numbers::pi * (i + 0.5) / kPoints;
        double const weight = 1.0 / capped_threshold(rate_hz * angle / (2.0 * std::numbers::pi));
        for (std::size_t lag = 0; lag <= taps; ++lag) {
            r[lag] += weight * std::cos(angle * static_cast<double>(lag));
        }
    }
    std::vector<std::vector<double>> rows(taps, std::vector<double>(taps + 1));
    for (std::size_t i = 0; i < taps; ++i) {
        for (std::size_t k = 0; k < taps; ++k) {
            rows[i][k] = r[i > k ? i - k : k - i];
        }
        rows[i][taps] = r[i + 1];
    }
    for (std::size_t pivot = 0; pivot < taps; ++pivot) { // Gauss-Jordan; the matrix is definite
        for (std::size_t i = 0; i < taps; ++i) {
            double const factor = i == pivot ? 0.0 : rows[i][pivot] / rows[pivot][pivot];
            for (std::size_t k = 0; k <= taps; ++k) {
                rows[i][k] -= factor * rows[pivot][k];
            }
        }
    }
    std::vector<double> feedback;
    for (std::size_t i = 0; i < taps; ++i) {
        feedback.push_back(rows[i][taps] / rows[i][i]);
    }
    return feedback;
}

/// Power gain of the noise transfer function 1 - sum c_k z^-k.
inline double
noise_transfer_power(std::span<double const> feedback, double frequency_hz, double rate_hz) {
    std::complex<double> sum = 1.0;
    for (std::size_t k = 0; k < feedback.size(); ++k) {
        sum -=
            feedback[k] *
            std::polar(
                1.0, -2.0 * std::numbers::pi * frequency_hz / rate_hz * static_cast<double>(k + 1)
            );
    }
    return std::norm(sum);
}

} // namespace stemlathe::reference
