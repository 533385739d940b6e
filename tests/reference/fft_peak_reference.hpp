#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace stemlathe::reference {

using Spectrum = std::vector<std::complex<double>>;

/// Discrete Fourier transform in place; the size is a power of two. `sign` -1 forward, 1 back,
/// neither scaled. Cooley & Tukey, Math. Comp. 19, 1965, radix 2.
inline void transform(Spectrum& x, int sign) {
    std::size_t const size = x.size();
    for (std::size_t i = 1, j = 0; i < size; ++i) {
        std::size_t bit = size >> 1U;
        for (; (j & bit) != 0; bit >>= 1U) {
            j ^= bit;
        }
        j ^= bit;
        if (i < j) {
            std::swap(x[i], x[j]);
        }
    }
    Spectrum turns(size / 2);
    for (std::size_t k = 0; k < turns.size(); ++k) {
        turns[k] = std::polar(
            1.0, sign * 2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(size)
        );
    }
    for (std::size_t half = 1; half < size; half *= 2) {
        std::size_t const step = size / (2 * half);
        for (std::size_t start = 0; start < size; start += 2 * half) {
            for (std::size_t k = 0; k < half; ++k) {
                auto const odd = x[start + half + k] * turns[k * step];
                x[start + half + k] = x[start + k] - odd;
                x[start + k] += odd;
            }
        }
    }
}

/// Largest |value| of an interleaved stereo song interpolated `factor` times: the song between
/// silence, its spectrum shifted by each fraction of a sample, and transformed back. No window and
/// no taps: this is the band-limited signal itself (Oppenheim & Schafer, Discrete-Time Signal
/// Processing, section 4.6), but for the sinc's tails beyond the silence.
inline double fft_peak(std::vector<float> const& song, int factor) {
    constexpr std::size_t kSilence = 8192; // a sinc has fallen to 1/25000 where it comes round
    std::size_t const frames = song.size() / 2;
    std::size_t const size = std::bit_ceil(frames + kSilence);
    Spectrum spectrum(size);
    for (std::size_t i = 0; i < frames; ++i) { // both channels are real: they share one transform
        spectrum[i] = {static_cast<double>(song[2 * i]), static_cast<double>(song[2 * i + 1])};
    }
    transform(spectrum, -1);
    double peak = 0.0;
    Spectrum shifted(size);
    for (int part = 0; part < factor; ++part) {
        double const shift = 2.0 * std::numbers::pi * part / factor / static_cast<double>(size);
        for (std::size_t bin = 0; bin < size; ++bin) {
            double const frequency =
                static_cast<double>(bin) - (bin > size / 2 ? static_cast<double>(size) : 0.0);
            auto const turn = std::polar(1.0, shift * frequency);
            shifted[bin] = spectrum[bin] * (bin == size / 2 ? turn.real() : turn);
        }
        transform(shifted, 1);
        for (auto const& value : shifted) {
            peak = std::max({peak, std::abs(value.real()), std::abs(value.imag())});
        }
    }
    return peak / static_cast<double>(size);
}

} // namespace stemlathe::reference
