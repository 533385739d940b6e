#pragma once

#include "kernels/equaliser/equaliser.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

/// The equaliser as its sources write it, slow and in float64: transfer functions evaluated as
/// complex numbers, filters applied by direct convolution.
namespace stemlathe::reference {

/// H(s) at s = j f / f0 of one band.
/// Source: R. Bristow-Johnson, Cookbook formulae for audio equalizer biquad filter coefficients;
/// passes: product over the left-half-plane poles of S. Butterworth, 1930; lines in dB over log
/// frequency: the contract in equaliser.hpp.
inline std::complex<double> transfer(EqualiserBand const& band, double hz) {
    std::complex<double> const s{0.0, hz / band.hz};
    double const amplitude = std::pow(10.0, band.gain_db / 40.0);
    double const root = std::sqrt(amplitude);
    double const q = band.q;
    auto const butterworth = [&](std::complex<double> p) {
        int const order = static_cast<int>(band.slope_db_oct) / 6;
        std::complex<double> product = 1.0;
        for (int k = 0; k < order; ++k) {
            double const angle =
                std::numbers::pi * (0.5 + (2.0 * k + 1.0) / (2.0 * order)); // of the pole
            product /= p - std::polar(1.0, angle);
        }
        return product;
    };
    switch (band.type) {
    case EqualiserType::bell:
        return (s * s + s * (amplitude / q) + 1.0) / (s * s + s / (amplitude * q) + 1.0);
    case EqualiserType::low_shelf:
        return amplitude * (s * s + root / q * s + amplitude) /
               (amplitude * s * s + root / q * s + 1.0);
    case EqualiserType::high_shelf:
        return amplitude * (amplitude * s * s + root / q * s + 1.0) /
               (s * s + root / q * s + amplitude);
    case EqualiserType::low_pass:
        return butterworth(s);
    case EqualiserType::high_pass:
        return butterworth(1.0 / s);
    case EqualiserType::notch:
        return (s * s + 1.0) / (s * s + s / q + 1.0);
    case EqualiserType::tilt: {
        double const decades = std::log10(std::clamp(hz, 20.0, 20'000.0) / band.hz);
        return std::pow(10.0, band.gain_db * decades / 3.0 / 20.0);
    }
    case EqualiserType::curve:
        break;
    }
    auto const& points = band.points;
    double db = hz <= points.front().hz ? points.front().gain_db : points.back().gain_db;
    for (std::size_t i = 1; i < points.size(); ++i) {
        if (hz >= points[i - 1].hz && hz < points[i].hz) {
            double const share =
                std::log(hz / points[i - 1].hz) / std::log(points[i].hz / points[i - 1].hz);
            db = points[i - 1].gain_db * (1.0 - share) + points[i].gain_db * share;
        }
    }
    return std::pow(10.0, db / 20.0);
}

inline double magnitude(std::vector<EqualiserBand> const& bands, double hz) {
    double product = 1.0;
    for (auto const& band : bands) {
        product *= std::abs(transfer(band, hz));
    }
    return product;
}

/// y[n] = sum over k of h[k] x[n - k], both channels, h centred on 0; zeros outside. Every `step`th
/// frame is computed, from frame 0; the others are left 0.
inline std::vector<float>
convolve(std::span<float const> input, std::vector<float> const& taps, std::int64_t step = 1) {
    auto const frames = static_cast<std::int64_t>(input.size()) / 2;
    auto const half = static_cast<std::int64_t>(taps.size()) / 2;
    std::vector<float> output(input.size(), 0.0F);
    for (std::int64_t n = 0; n < frames; n += step) {
        double left = 0.0;
        double right = 0.0;
        for (auto k = std::max(-half, n - frames + 1); k <= std::min(half, n); ++k) {
            double const tap = taps[static_cast<std::size_t>(half + k)];
            left += tap * input[static_cast<std::size_t>(2 * (n - k))];
            right += tap * input[static_cast<std::size_t>(2 * (n - k) + 1)];
        }
        output[static_cast<std::size_t>(2 * n)] = static_cast<float>(left);
        output[static_cast<std::size_t>(2 * n + 1)] = static_cast<float>(right);
    }
    return output;
}

/// Left channel's spectrum at one frequency, time counted from frame `at`.
inline std::complex<double>
spectrum_at(std::span<float const> signal, std::int64_t at, double hz, double rate_hz) {
    std::complex<double> sum = 0.0;
    double const step = 2.0 * std::numbers::pi * hz / rate_hz;
    for (std::size_t n = 0; n < signal.size() / 2; ++n) {
        if (signal[2 * n] != 0.0F) {
            double const angle = step * static_cast<double>(static_cast<std::int64_t>(n) - at);
            sum += static_cast<double>(signal[2 * n]) * std::polar(1.0, -angle);
        }
    }
    return sum;
}

} // namespace stemlathe::reference
