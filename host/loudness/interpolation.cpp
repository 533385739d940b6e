#include "host/loudness/interpolation.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace stemlathe {

namespace {

constexpr double kBeta = 6.0;

PeakPhases make_phases() {
    PeakPhases phases{};
    phases[0][kPeakFramesBefore] = 1.0;
    for (std::size_t p = 1; p < kPeakPhases; ++p) {
        double sum = 0.0;
        for (std::size_t k = 0; k < kPeakTaps; ++k) {
            double const t =
                static_cast<double>(k) - kPeakFramesBefore - static_cast<double>(p) / kPeakPhases;
            double const place = 2.0 * t / kPeakTaps;
            double const window = std::cyl_bessel_i(0.0, kBeta * std::sqrt(1.0 - place * place));
            phases[p][k] = window * std::sin(std::numbers::pi * t) / t;
            sum += phases[p][k];
        }
        for (double& tap : phases[p]) {
            tap /= sum; // unit gain at 0 Hz
        }
    }
    return phases;
}

/// The loop, compiled once per instruction set below. Runs of kScanStep sums stay in registers.
[[gnu::always_inline]] inline double
scan(double const* first, std::size_t count, std::size_t channels, double const* taps) {
    double highest = 0.0;
    for (std::size_t i = 0; i < count; i += kScanStep) {
        double sums[kScanStep] = {};
        for (std::size_t k = 0; k < kPeakTaps; ++k) {
            double const tap = taps[k];
            double const* const x = first + i + k * channels;
            for (std::size_t j = 0; j < kScanStep; ++j) {
                sums[j] += tap * x[j];
            }
        }
        for (double const sum : sums) {
            highest = std::max(highest, std::abs(sum));
        }
    }
    return highest;
}

using Scan = double (*)(double const*, std::size_t, std::size_t, double const*);

[[gnu::target("avx512f,avx512dq,prefer-vector-width=512")]] double
scan_avx512(double const* first, std::size_t count, std::size_t channels, double const* taps) {
    return scan(first, count, channels, taps);
}

[[gnu::target("avx2,fma")]] double
scan_avx2(double const* first, std::size_t count, std::size_t channels, double const* taps) {
    return scan(first, count, channels, taps);
}

double
scan_plain(double const* first, std::size_t count, std::size_t channels, double const* taps) {
    return scan(first, count, channels, taps);
}

Scan choose_scan() {
    if (__builtin_cpu_supports("avx512f") > 0 && __builtin_cpu_supports("avx512dq") > 0) {
        return scan_avx512;
    }
    return __builtin_cpu_supports("avx2") > 0 && __builtin_cpu_supports("fma") > 0 ? scan_avx2
                                                                                   : scan_plain;
}

} // namespace

PeakPhases const& peak_phases() {
    static PeakPhases const phases = make_phases();
    return phases;
}

double highest_between(
    double const* first,
    std::size_t count,
    std::size_t channels,
    std::array<double, kPeakTaps> const& phase
) {
    static Scan const chosen = choose_scan();
    return chosen(first - kPeakFramesBefore * channels, count, channels, phase.data());
}

} // namespace stemlathe
