#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace stemlathe::reference {

/// Discrete Fourier transform of a power of two of values. Source: Cooley & Tukey, Math. Comp. 19,
/// 1965, as plain recursion.
inline std::vector<std::complex<double>>
fourier_transform(std::vector<std::complex<double>> const& values) {
    auto const size = values.size();
    if (size == 1) {
        return values;
    }
    std::vector<std::complex<double>> even;
    std::vector<std::complex<double>> odd;
    for (std::size_t i = 0; i < size; i += 2) {
        even.push_back(values[i]);
        odd.push_back(values[i + 1]);
    }
    even = fourier_transform(even);
    odd = fourier_transform(odd);
    std::vector<std::complex<double>> out(size);
    for (std::size_t k = 0; k < size / 2; ++k) {
        auto const turned =
            std::polar(
                1.0, -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(size)
            ) *
            odd[k];
        out[k] = even[k] + turned;
        out[k + size / 2] = even[k] - turned;
    }
    return out;
}

/// Mean square of a noise in each of size/2 bins from 0 to Nyquist; they add up to the variance.
/// Source: Welch, IEEE Trans. Audio Electroacoust. 15(2), 1967, Hann window, half overlap.
inline std::vector<double> power_spectrum(std::span<double const> values, std::size_t size) {
    std::vector<double> power(size / 2, 0.0);
    double count = 0.0;
    for (std::size_t at = 0; at + size <= values.size(); at += size / 2) {
        std::vector<std::complex<double>> part(size);
        for (std::size_t i = 0; i < size; ++i) {
            double const turn =
                2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size);
            part[i] = values[at + i] * (0.5 - 0.5 * std::cos(turn));
        }
        auto const spectrum = fourier_transform(part);
        for (std::size_t k = 0; k < power.size(); ++k) {
            power[k] += 2.0 * std::norm(spectrum[k]);
        }
        count += 1.0;
    }
    constexpr double kHannPower = 0.375; // mean square of the window
    auto const n = static_cast<double>(size);
    for (double& bin : power) {
        bin /= count * n * n * kHannPower;
    }
    return power;
}

} // namespace stemlathe::reference
