#include "kernels/base/range.hpp"
#include "kernels/base/straight_lines.hpp"
#include "kernels/masking/masking_math.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace stemlathe::masking {

namespace {

constexpr int kStemsMax = 64;

/// Excitation at the threshold in quiet over frequency, dB. Source: ANSI S3.4-2007.
constexpr std::array<Point, 11> kQuiet_db{
    {{50.0, 28.18},
     {63.0, 23.90},
     {80.0, 19.20},
     {100.0, 15.68},
     {125.0, 12.67},
     {160.0, 10.09},
     {200.0, 8.08},
     {250.0, 6.30},
     {315.0, 5.30},
     {400.0, 4.50},
     {500.0, 3.73}}};

/// K over frequency, dB; straight lines over its logarithm. Source: Moore, Glasberg & Baer, JAES
/// 45(4), 1997, Fig. 9, read off.
constexpr std::array<Point, 14> kRatio_db{
    {{50.0, 13.5},
     {63.0, 10.0},
     {80.0, 7.1},
     {100.0, 4.9},
     {125.0, 3.1},
     {160.0, 1.5},
     {200.0, 0.4},
     {250.0, -0.5},
     {315.0, -1.3},
     {400.0, -1.9},
     {500.0, -2.3},
     {630.0, -2.7},
     {800.0, -2.9},
     {1'000.0, -3.0}}};

double ratio_db(double hz, MaskingProfile profile) {
    auto over_log = kRatio_db;
    for (auto& point : over_log) {
        point.x = std::log(point.x);
    }
    double const db = on_straight_lines(over_log, std::log(hz));
    return profile == MaskingProfile::music ? std::min(db, 0.0) : db;
}

/// Time constant of forward masking. Source: ITU-R BS.1387-2, FFT ear model, 2.1.6.
double smear_s(double hz) {
    return 0.008 + 0.022 * 100.0 / hz;
}

float power_of(double db) {
    return static_cast<float>(std::pow(10.0, db / 10.0));
}

} // namespace

std::vector<Band> design(MaskingSettings const& settings) {
    require_in_range("masking: stems", settings.stems, 1, kStemsMax);
    double const hops_per_s =
        settings.rate_hz / static_cast<double>(spectrum_hop_frames({.rate_hz = settings.rate_hz}));
    std::vector<Band> bands;
    ExcitationSettings const filters{
        .rate_hz = settings.rate_hz, .offset_cam = settings.offset_cam};
    for (double const hz : excitation_bands_hz(filters)) {
        double const quiet_db = on_straight_lines(kQuiet_db, hz);
        bands.push_back(
            {.smear = one_pole(smear_s(hz) * hops_per_s),
             .ratio = power_of(ratio_db(hz, settings.profile)),
             .quiet = power_of(quiet_db),
             .per_quiet = power_of(-quiet_db)}
        );
    }
    return bands;
}

} // namespace stemlathe::masking
