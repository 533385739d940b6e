#include "kernels/base/range.hpp"
#include "kernels/base/straight_lines.hpp"
#include "kernels/excitation/excitation_math.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>

namespace stemlathe {

namespace {

constexpr double kFirst_cam = 1.8;
constexpr double kStep_cam = 0.5;
constexpr double kOffsetMax_cam = kStep_cam;
constexpr int kBands = 75;
constexpr int kStemsMax = 64;
constexpr double kCalibrationMax_db_spl = 160.0;

/// Field to eardrum, from ahead and from all sides, and eardrum to cochlea.
struct EarGain {
    double hz = 0.0;
    double free_db = 0.0;
    double diffuse_db = 0.0;
    double middle_db = 0.0;
};

/// Source: ANSI S3.4-2007, tables of outer-ear and middle-ear transmission.
constexpr std::array<EarGain, 40> kEarGains{
    {{20.0, 0.0, 0.0, -39.6},      {25.0, 0.0, 0.0, -32.0},     {31.5, 0.0, 0.0, -25.85},
     {40.0, 0.0, 0.0, -21.4},      {50.0, 0.0, 0.0, -18.5},     {63.0, 0.0, 0.0, -15.9},
     {80.0, 0.0, 0.0, -14.1},      {100.0, 0.0, 0.0, -12.4},    {125.0, 0.1, 0.1, -11.0},
     {160.0, 0.3, 0.3, -9.6},      {200.0, 0.5, 0.4, -8.3},     {250.0, 0.9, 0.5, -7.4},
     {315.0, 1.4, 1.0, -6.2},      {400.0, 1.6, 1.6, -4.8},     {500.0, 1.7, 1.7, -3.8},
     {630.0, 2.5, 2.2, -3.3},      {750.0, 2.7, 2.7, -2.9},     {800.0, 2.6, 2.9, -2.6},
     {1'000.0, 2.6, 3.8, -2.6},    {1'250.0, 3.2, 5.3, -4.5},   {1'500.0, 5.2, 6.8, -5.4},
     {1'600.0, 6.6, 7.2, -6.1},    {2'000.0, 12.0, 10.2, -8.5}, {2'500.0, 16.8, 14.9, -10.4},
     {3'000.0, 15.3, 14.5, -7.3},  {3'150.0, 15.2, 14.4, -7.0}, {4'000.0, 14.2, 12.7, -6.6},
     {5'000.0, 10.7, 10.8, -7.0},  {6'000.0, 7.1, 8.9, -9.2},   {6'300.0, 6.4, 8.7, -10.2},
     {8'000.0, 1.8, 8.5, -12.2},   {9'000.0, -0.9, 6.2, -10.8}, {10'000.0, -1.6, 5.0, -10.1},
     {11'200.0, 1.9, 4.5, -12.7},  {12'500.0, 4.9, 4.0, -15.0}, {14'000.0, 2.0, 3.3, -18.2},
     {15'000.0, -2.0, 2.6, -23.8}, {16'000.0, 2.5, 2.0, -32.3}, {18'000.0, 2.5, 2.0, -45.5},
     {20'000.0, 2.5, 2.0, -50.0}}};

/// Gain from the field to the cochlea over frequency, dB.
std::array<Point, kEarGains.size()> ear_gains_db(Field field) {
    std::array<Point, kEarGains.size()> gains_db{};
    std::ranges::transform(kEarGains, gains_db.begin(), [field](EarGain const& at) {
        double const outer_db = field == Field::free ? at.free_db : at.diffuse_db;
        return Point{.x = at.hz, .y = outer_db + at.middle_db};
    });
    return gains_db;
}

/// The lines within half an ERB of each; `cams` ascend.
std::vector<excitation::Lines> lines_about(std::vector<double> const& cams) {
    std::vector<excitation::Lines> about;
    for (double const centre : cams) {
        auto const first = std::ranges::lower_bound(cams, centre - 0.5);
        auto const end = std::ranges::upper_bound(cams, centre + 0.5);
        about.push_back(
            {.first = static_cast<std::int32_t>(first - cams.begin()),
             .count = static_cast<std::int32_t>(end - first)}
        );
    }
    return about;
}

excitation::Filter filter_at(double hz, std::span<SpectrumLine const> lines) {
    constexpr double kFarthest = 2.0; // g beyond which a filter passes nothing
    constexpr double kShallowest = 0.1;
    double const p = 4.0 * hz / erb_hz(hz);
    double const octaves = p * std::numbers::log2e;
    auto const lines_under = [&](double limit_hz) {
        auto const end = std::ranges::lower_bound(lines, limit_hz, {}, &SpectrumLine::hz);
        return static_cast<std::int32_t>(end - lines.begin());
    };
    return {
        .hz = static_cast<float>(hz),
        .octaves = static_cast<float>(octaves),
        .octaves_per_hz = static_cast<float>(octaves / hz),
        .least_steepness = static_cast<float>(kShallowest / p),
        .below_end = lines_under(hz),
        .above_end = lines_under((1.0 + kFarthest) * hz)};
}

} // namespace

std::vector<double> excitation_bands_hz(ExcitationSettings const& settings) {
    require_in_range("excitation: stems", settings.stems, 1, kStemsMax);
    require_in_range(
        "excitation: calibration_db_spl", settings.calibration_db_spl, 0, kCalibrationMax_db_spl
    );
    require_in_range("excitation: offset_cam", settings.offset_cam, 0, kOffsetMax_cam);
    double const highest_hz = spectrum_lines({.rate_hz = settings.rate_hz}).back().hz;
    std::vector<double> bands_hz;
    for (int band = 0; band < kBands; ++band) {
        double const hz = hz_of_cam(kFirst_cam + settings.offset_cam + kStep_cam * band);
        if (hz <= highest_hz) {
            bands_hz.push_back(hz);
        }
    }
    return bands_hz;
}

double ear_gain_db(Field field, double hz) {
    return on_straight_lines(ear_gains_db(field), hz);
}

namespace excitation {

Design design(ExcitationSettings const& settings) {
    auto const bands_hz = excitation_bands_hz(settings);
    auto const lines = spectrum_lines({.rate_hz = settings.rate_hz});
    auto const ear_db = ear_gains_db(settings.field);
    Design design;
    std::vector<double> cams;
    for (auto const& line : lines) {
        double const gain_db = settings.calibration_db_spl + on_straight_lines(ear_db, line.hz);
        design.gains.push_back(static_cast<float>(std::pow(10.0, gain_db / 10.0)));
        design.line_hz.push_back(static_cast<float>(line.hz));
        cams.push_back(cam_of_hz(line.hz));
    }
    design.levels = lines_about(cams);
    for (double const hz : bands_hz) {
        design.filters.push_back(filter_at(hz, lines));
    }
    return design;
}

} // namespace excitation

} // namespace stemlathe
