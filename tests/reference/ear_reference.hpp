#pragma once

#include "tests/reference/line_spectrum.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

/// The ear before and around the masking model: frequency scale, way to the cochlea, threshold in
/// quiet, and the signal-to-noise ratio that detection takes.
namespace stemlathe::reference {

/// Equivalent rectangular bandwidth of the auditory filter at a frequency, Hz.
/// Source: Glasberg & Moore, Hear. Res. 47, 1990, eq. 3, with the constants of ANSI S3.4-2007.
inline double erb_hz(double hz) {
    return 24.673 * (0.004368 * hz + 1.0);
}

/// How many such bandwidths lie below a frequency, Cam.
/// Source: Glasberg & Moore 1990, eq. 4, with the constants of ANSI S3.4-2007.
inline double cam(double hz) {
    return 21.366 * std::log10(0.004368 * hz + 1.0);
}

inline double cam_to_hz(double cam) {
    return (std::pow(10.0, cam / 21.366) - 1.0) / 0.004368;
}

/// Steps of the loudness integral. Source: ANSI S3.4-2007, ISO 532-2:2017.
inline constexpr double kStep_cam = 0.1;

/// Centres of the auditory filters, 1.8 to 38.9 Cam, Hz: 372 at the standards' step.
inline std::vector<double> filter_centres_hz(double step_cam = kStep_cam) {
    std::vector<double> centres_hz;
    auto const count = std::lround(std::floor((38.9 - 1.8) / step_cam + 1e-9)) + 1;
    for (long i = 0; i < count; ++i) {
        centres_hz.push_back(cam_to_hz(1.8 + static_cast<double>(i) * step_cam));
    }
    return centres_hz;
}

struct Point {
    double x = 0.0;
    double y = 0.0;
};

/// Straight lines through points that ascend in x; constant beyond both ends. `axis` is applied to
/// x first.
template <std::size_t count, typename Axis>
double interpolated(std::array<Point, count> const& points, double x, Axis axis) {
    auto const above = std::ranges::find_if(points, [x](Point const& each) { return each.x > x; });
    if (above == points.begin()) {
        return points.front().y;
    }
    if (above == points.end()) {
        return points.back().y;
    }
    auto const& a = *std::prev(above);
    auto const& b = *above;
    double const share = (axis(x) - axis(a.x)) / (axis(b.x) - axis(a.x));
    return a.y + share * (b.y - a.y);
}

template <std::size_t count>
double interpolated(std::array<Point, count> const& points, double x) {
    return interpolated(points, x, [](double same) { return same; });
}

/// How a sound reaches the ear. Lines at the eardrum pass the middle ear only.
enum class Field { free, diffuse, eardrum };

struct EarGain {
    double hz = 0.0;
    double free_db = 0.0;
    double diffuse_db = 0.0;
    double middle_db = 0.0;
};

/// Field to eardrum (free, diffuse) and eardrum to cochlea (middle).
/// Source: ANSI S3.4-2007, tables of outer-ear and middle-ear transmission.
inline constexpr std::array<EarGain, 40> kEarGains{
    {{20, 0, 0, -39.6},         {25, 0, 0, -32},          {31.5, 0, 0, -25.85},
     {40, 0, 0, -21.4},         {50, 0, 0, -18.5},        {63, 0, 0, -15.9},
     {80, 0, 0, -14.1},         {100, 0, 0, -12.4},       {125, 0.1, 0.1, -11},
     {160, 0.3, 0.3, -9.6},     {200, 0.5, 0.4, -8.3},    {250, 0.9, 0.5, -7.4},
     {315, 1.4, 1.0, -6.2},     {400, 1.6, 1.6, -4.8},    {500, 1.7, 1.7, -3.8},
     {630, 2.5, 2.2, -3.3},     {750, 2.7, 2.7, -2.9},    {800, 2.6, 2.9, -2.6},
     {1000, 2.6, 3.8, -2.6},    {1250, 3.2, 5.3, -4.5},   {1500, 5.2, 6.8, -5.4},
     {1600, 6.6, 7.2, -6.1},    {2000, 12, 10.2, -8.5},   {2500, 16.8, 14.9, -10.4},
     {3000, 15.3, 14.5, -7.3},  {3150, 15.2, 14.4, -7},   {4000, 14.2, 12.7, -6.6},
     {5000, 10.7, 10.8, -7},    {6000, 7.1, 8.9, -9.2},   {6300, 6.4, 8.7, -10.2},
     {8000, 1.8, 8.5, -12.2},   {9000, -0.9, 6.2, -10.8}, {10'000, -1.6, 5, -10.1},
     {11'200, 1.9, 4.5, -12.7}, {12'500, 4.9, 4, -15},    {14'000, 2, 3.3, -18.2},
     {15'000, -2, 2.6, -23.8},  {16'000, 2.5, 2, -32.3},  {18'000, 2.5, 2, -45.5},
     {20'000, 2.5, 2, -50}}};

inline double outer_gain_db(EarGain const& row, Field field) {
    switch (field) {
    case Field::free:
        return row.free_db;
    case Field::diffuse:
        return row.diffuse_db;
    case Field::eardrum:
        break;
    }
    return 0.0;
}

/// Gain from the field to the cochlea, dB.
inline double ear_gain_db(double hz, Field field) {
    std::array<Point, kEarGains.size()> gains_db{};
    std::ranges::transform(kEarGains, gains_db.begin(), [field](EarGain const& row) {
        return Point{.x = row.hz, .y = outer_gain_db(row, field) + row.middle_db};
    });
    return interpolated(gains_db, hz);
}

inline LineSpectrum at_cochlea(LineSpectrum sound, Field field) {
    for (auto& line : sound) {
        line.power *= from_db(ear_gain_db(line.hz, field));
    }
    return sound;
}

/// Excitation at the threshold in quiet, dB. Source: ANSI S3.4-2007.
inline double quiet_threshold_db(double hz) {
    static constexpr std::array<Point, 11> kThreshold{
        {{50, 28.18},
         {63, 23.90},
         {80, 19.20},
         {100, 15.68},
         {125, 12.67},
         {160, 10.09},
         {200, 8.08},
         {250, 6.30},
         {315, 5.30},
         {400, 4.50},
         {500, 3.73}}};
    return interpolated(kThreshold, hz);
}

/// Which signal-to-noise ratio K counts as just detectable: the published one, or the one for
/// music, which is never above 0 dB: a choice of ours, for the published rise at low frequencies
/// stands for the slow fluctuation of narrow bands of noise.
enum class Detection { mgb97, music };

/// K, dB. Source: Moore, Glasberg & Baer, JAES 45(4), 1997, Fig. 9, read off.
inline double detection_ratio_db(double hz, Detection detection) {
    static constexpr std::array<Point, 14> kRatio{
        {{50, 13.5},
         {63, 10.0},
         {80, 7.1},
         {100, 4.9},
         {125, 3.1},
         {160, 1.5},
         {200, 0.4},
         {250, -0.5},
         {315, -1.3},
         {400, -1.9},
         {500, -2.3},
         {630, -2.7},
         {800, -2.9},
         {1000, -3.0}}};
    double const db = interpolated(kRatio, hz, [](double x) { return std::log(x); });
    return detection == Detection::music ? std::min(db, 0.0) : db;
}

} // namespace stemlathe::reference
