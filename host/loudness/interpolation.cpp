#include "host/loudness/interpolation.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <type_traits>

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

/// A number's bits without its sign: they order like the magnitudes, and whole numbers have a
/// maximum that the compiler can take of many at once.
template <typename Number>
[[gnu::always_inline]] inline auto magnitude_bits(Number value) {
    using Bits = std::conditional_t<sizeof(Number) == 4, std::int32_t, std::int64_t>;
    return static_cast<Bits>(std::bit_cast<Bits>(value) & std::numeric_limits<Bits>::max());
}

/// The loop, compiled once per instruction set below. Runs of kScanStep sums stay in registers.
template <typename Number>
[[gnu::always_inline]] inline HighestPair<Number>
scan(Number const* first, std::size_t count, std::size_t channels, Number const* taps) {
    decltype(magnitude_bits(Number{})) highest[kScanStep] = {};
    for (std::size_t i = 0; i < count; i += kScanStep) {
        Number sums[kScanStep] = {};
        for (std::size_t k = 0; k < kPeakTaps; ++k) {
            Number const tap = taps[k];
            Number const* const x = first + i + k * channels;
            for (std::size_t j = 0; j < kScanStep; ++j) {
                sums[j] += tap * x[j];
            }
        }
        for (std::size_t j = 0; j < kScanStep; ++j) {
            highest[j] = std::max(highest[j], magnitude_bits(sums[j]));
        }
    }
    for (std::size_t half = kScanStep / 2; half > 1; half /= 2) {
        for (std::size_t j = 0; j < half; ++j) {
            highest[j] = std::max(highest[j], highest[j + half]);
        }
    }
    return {std::bit_cast<Number>(highest[0]), std::bit_cast<Number>(highest[1])};
}

template <typename Number>
using Scan = HighestPair<Number> (*)(Number const*, std::size_t, std::size_t, Number const*);

template <typename Number>
[[gnu::target("avx512f,avx512dq,prefer-vector-width=512")]] HighestPair<Number>
scan_avx512(Number const* first, std::size_t count, std::size_t channels, Number const* taps) {
    return scan(first, count, channels, taps);
}

template <typename Number>
[[gnu::target("avx2,fma")]] HighestPair<Number>
scan_avx2(Number const* first, std::size_t count, std::size_t channels, Number const* taps) {
    return scan(first, count, channels, taps);
}

template <typename Number>
HighestPair<Number>
scan_plain(Number const* first, std::size_t count, std::size_t channels, Number const* taps) {
    return scan(first, count, channels, taps);
}

template <typename Number>
Scan<Number> choose_scan() {
    if (__builtin_cpu_supports("avx512f") > 0 && __builtin_cpu_supports("avx512dq") > 0) {
        return scan_avx512<Number>;
    }
    return __builtin_cpu_supports("avx2") > 0 && __builtin_cpu_supports("fma") > 0
               ? scan_avx2<Number>
               : scan_plain<Number>;
}

using PeakPhases32 = std::array<std::array<float, kPeakTaps>, kPeakPhases>;

PeakPhases32 narrow(PeakPhases const& phases) {
    PeakPhases32 out{};
    for (std::size_t p = 0; p < kPeakPhases; ++p) {
        std::ranges::transform(phases[p], out[p].begin(), [](double tap) {
            return static_cast<float>(tap);
        });
    }
    return out;
}

} // namespace

PeakPhases const& peak_phases() {
    static PeakPhases const phases = make_phases();
    return phases;
}

HighestPair<double>
highest_between(double const* first, std::size_t count, std::size_t channels, std::size_t phase) {
    static auto const chosen = choose_scan<double>();
    auto const* const oldest = first - kPeakFramesBefore * channels;
    return chosen(oldest, count, channels, peak_phases()[phase].data());
}

HighestPair<float>
highest_between(float const* first, std::size_t count, std::size_t channels, std::size_t phase) {
    static auto const chosen = choose_scan<float>();
    static auto const phases = narrow(peak_phases());
    auto const* const oldest = first - kPeakFramesBefore * channels;
    return chosen(oldest, count, channels, phases[phase].data());
}

} // namespace stemlathe
