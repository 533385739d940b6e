#pragma once

#include "tests/reference/masking_reference.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

/// Loudness of a steady sound in quiet and beside others, in sones. For tests only: it judges the
/// masking model from outside and must never be linked into the product, which knows excitations,
/// thresholds and margins in dB and nothing about loudness.
/// Sources: MGB = Moore, Glasberg & Baer, JAES 45(4), 1997; ANSI S3.4-2007; ISO 532-2:2017;
/// Moore & Glasberg, JASA 121(3), 2007 (two ears).
namespace stemlathe::reference {

/// Sone per Cam. ANSI S3.4-2007 adds both ears; ISO 532-2:2017 lets them inhibit each other.
inline constexpr double kAnsiScale = 0.046871;
inline constexpr double kIsoScale = 0.0617;

/// What is known of one auditory filter: gain of the cochlea at low levels relative to 500 Hz and
/// above, exponent and constant of its compression, excitation at the threshold in quiet.
struct Cochlea {
    double gain = 1.0;
    double alpha = 0.2;
    double a = 4.72096;
    double quiet = 0.0;
};

/// Source: ANSI S3.4-2007, tables of alpha and A over G.
inline Cochlea cochlea_at(double hz) {
    static constexpr std::array<Point, 6> kAlpha{
        {{-25, 0.26692},
         {-20, 0.25016},
         {-15, 0.23679},
         {-10, 0.22228},
         {-5, 0.21055},
         {0, 0.20000}}};
    static constexpr std::array<Point, 23> kA{
        {{-24.545, 8.8520}, {-23.784, 8.6315}, {-22.782, 8.3584}, {-19.783, 7.6526},
         {-16.211, 6.9995}, {-11.239, 6.1072}, {-9.459, 5.8249},  {-7.383, 5.5532},
         {-5.894, 5.3643},  {-4.977, 5.2506},  {-3.629, 5.1031},  {-2.500, 4.9820},
         {-1.774, 4.9052},  {-1.577, 4.8845},  {-1.240, 4.8492},  {-0.946, 4.8185},
         {-0.757, 4.7989},  {-0.525, 4.7749},  {-0.355, 4.7574},  {-0.188, 4.7402},
         {-0.078, 4.7290},  {-0.025, 4.7235},  {0, 4.72096}}};
    double const quiet_db = quiet_threshold_db(hz);
    double const gain_db = std::min(0.0, quiet_threshold_db(500.0) - quiet_db);
    return {
        .gain = from_db(gain_db),
        .alpha = interpolated(kAlpha, gain_db),
        .a = interpolated(kA, gain_db),
        .quiet = from_db(quiet_db)};
}

/// Above this excitation compression no longer depends on the filter. Source: MGB 1997 eq. 19.
inline constexpr double kVeryLoud = 1e10;

/// (G E + A)^alpha: the compressed excitation.
inline double compressed(double excitation, Cochlea const& ear) {
    return std::pow(ear.gain * excitation + ear.a, ear.alpha);
}

/// The same above kVeryLoud. Source: ANSI S3.4-2007 (1997 has another constant and exponent).
inline double compressed_very_loud(double excitation) {
    return std::pow(excitation / 1.0707, 0.2);
}

/// The factor by which loudness falls faster below threshold. Source: MGB 1997 eq. 18.
inline double below_threshold(double excitation, double threshold) {
    return std::pow(2.0 * excitation / (excitation + threshold), 1.5);
}

/// Specific loudness in quiet over the scale C. Source: ANSI S3.4-2007; MGB 1997.
inline double quiet_specific(double signal, Cochlea const& ear) {
    if (signal > kVeryLoud) {
        return compressed_very_loud(signal);
    }
    double const loudness = compressed(signal, ear) - compressed(0.0, ear);
    return signal >= ear.quiet ? loudness : loudness * below_threshold(signal, ear.quiet);
}

/// Specific loudness of `signal` beside `noise`, both excitations of one filter, over the scale C;
/// `threshold` is E_THRN. Source: MGB 1997 eq. 17 to 20.
inline double partial_specific(double signal, double noise, double threshold, Cochlea const& ear) {
    double const both = signal + noise;
    bool const is_very_loud = both > kVeryLoud;
    auto const f = [&](double excitation) {
        return is_very_loud ? compressed_very_loud(excitation) : compressed(excitation, ear);
    };
    double const at_quiet = compressed(ear.quiet, ear);
    double const at_zero = compressed(0.0, ear);
    double const share = std::pow(threshold / signal, 0.3);
    if (signal >= threshold && is_very_loud) { // eq. 19, C_2 = C / 1.0707^0.2 throughout
        double const floor = (at_quiet - at_zero) * compressed_very_loud(1.0);
        return f(both) - (f(noise + threshold) - floor) * share;
    }
    if (signal >= threshold) { // eq. 17
        return f(both) - at_zero - (f(noise + threshold) - at_quiet) * share;
    }
    return below_threshold(signal, threshold) * (at_quiet - at_zero) /
           (f(noise + threshold) - f(noise)) * (f(both) - f(noise)); // eq. 18, eq. 20
}

/// Specific loudness of one ear, [filter], sone per Cam.
inline std::vector<double> specific_loudness(
    Excitation const& signal, Excitation const& noise, Listening const& listening, double scale
) {
    auto const thresholds = masked_threshold(noise, listening);
    std::vector<double> loudness;
    for (std::size_t b = 0; b < signal.size(); ++b) {
        auto const ear = cochlea_at(listening.centres_hz[b]);
        loudness.push_back(scale * partial_specific(signal[b], noise[b], thresholds[b], ear));
    }
    return loudness;
}

/// The same in quiet.
inline std::vector<double>
quiet_specific_loudness(Excitation const& signal, Listening const& listening, double scale) {
    std::vector<double> loudness;
    for (std::size_t b = 0; b < signal.size(); ++b) {
        loudness.push_back(scale * quiet_specific(signal[b], cochlea_at(listening.centres_hz[b])));
    }
    return loudness;
}

/// Loudness of one ear, sones, of filters at the standards' step.
inline double sum_over_cam(std::vector<double> const& specific) {
    double sum = 0.0;
    for (double const each : specific) {
        sum += each * kStep_cam;
    }
    return sum;
}

/// Specific loudness as both ears let it pass to one filter and its neighbours: smoothed by
/// exp(-(0.08 Cam)^2). Source: Moore & Glasberg 2007.
inline std::vector<double> smoothed(std::vector<double> const& specific, double step_cam) {
    std::vector<double> weights; // [distance in filters]
    for (std::size_t i = 0; i < specific.size(); ++i) {
        weights.push_back(std::exp(-std::pow(0.08 * static_cast<double>(i) * step_cam, 2.0)));
    }
    std::vector<double> out(specific.size(), 0.0);
    for (std::size_t b = 0; b < out.size(); ++b) {
        for (std::size_t i = 0; i < specific.size(); ++i) {
            out[b] += specific[i] * weights[std::max(b, i) - std::min(b, i)];
        }
    }
    return out;
}

/// Of each ear.
struct EarLoudness {
    double left = 0.0;
    double right = 0.0;

    [[nodiscard]] double both() const {
        return left + right;
    }
};

/// Loudness of each ear, sones, inhibited by the other by 2 / (1 + sech(ratio)^1.5978).
/// Source: Moore & Glasberg 2007; ISO 532-2:2017.
inline EarLoudness inhibited_loudness(
    std::vector<double> const& left, std::vector<double> const& right, double step_cam = kStep_cam
) {
    auto const from_left = smoothed(left, step_cam);
    auto const from_right = smoothed(right, step_cam);
    auto const inhibition = [](double other, double own) {
        return 2.0 / (1.0 + std::pow(1.0 / std::cosh(other / own), 1.5978));
    };
    EarLoudness loudness;
    for (std::size_t b = 0; b < left.size(); ++b) {
        if (left[b] > 0.0) {
            loudness.left += step_cam * left[b] / inhibition(from_right[b], from_left[b]);
        }
        if (right[b] > 0.0) {
            loudness.right += step_cam * right[b] / inhibition(from_left[b], from_right[b]);
        }
    }
    return loudness;
}

} // namespace stemlathe::reference
