#include "kernels/bands/bands.hpp"
#include "kernels/bands/bands_math.hpp"
#include "kernels/base/even_transform.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <string>

// Frequency sampling on a grid four times as fine as the filters are long, then a window, as in
// fir_design.cpp; but what counts here is the stop-band, so the window falls off earlier.

namespace stemlathe {

namespace {

constexpr int kShortest = 4096;
constexpr int kLongest = 65'536;
constexpr std::size_t kMostCrossovers = 7;
constexpr double kLowest_hz = 40.0;
constexpr double kHighest_rates = 0.4;

/// A band is the difference of two low-passes, so each of them must do 6 dB better than the band.
constexpr double kStopBand_db = -101.0;
constexpr double kStopBandFrom_octaves = 0.5; ///< outside the transition
constexpr double kCrossover_db = -6.0206;
constexpr double kCrossoverTolerance_db = 0.05;

/// As a person writes it.
std::string text(double value) {
    std::array<char, 32> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

[[noreturn]] void refuse(std::string const& sentence) {
    throw Failure{Code::invalid_plan, sentence};
}

void require_valid(BandSplitSettings const& settings) {
    auto const& crossovers_hz = settings.crossovers_hz;
    if (settings.rate_hz < 8'000 || settings.rate_hz > 192'000) {
        refuse(
            "the band split's sample rate is " + std::to_string(settings.rate_hz) +
            " Hz; it must be from 8000 to 192000 Hz"
        );
    }
    if (crossovers_hz.empty() || crossovers_hz.size() > kMostCrossovers) {
        refuse(
            "the band split has " + std::to_string(crossovers_hz.size()) +
            " crossovers; it must have from 1 to " + std::to_string(kMostCrossovers)
        );
    }
    double const highest_hz = kHighest_rates * settings.rate_hz;
    double before_hz = 0.0;
    for (double const hz : crossovers_hz) {
        if (!(hz >= kLowest_hz && hz <= highest_hz)) {
            refuse(
                "a crossover is at " + text(hz) + " Hz; it must be from " + text(kLowest_hz) +
                " to " + text(highest_hz) + " Hz"
            );
        }
        if (hz <= before_hz) {
            refuse(
                "the crossovers go from " + text(before_hz) + " Hz to " + text(hz) +
                " Hz; they must rise"
            );
        }
        before_hz = hz;
    }
    if (!(settings.width_octaves >= 0.25 && settings.width_octaves <= 2.0)) {
        refuse(
            "the band split's width is " + text(settings.width_octaves) +
            " octaves; it must be from 0.25 to 2 octaves"
        );
    }
}

/// Over distances 0..1 from the centre. The complement of a squared Hann window: of the windows
/// that were tried (Hann, Kaiser, Tukey) the one whose shortest filter keeps both the stop-band and
/// the level at a low crossover.
double window(double distance) {
    double const sine = std::sin(0.5 * std::numbers::pi * distance);
    return 1.0 - sine * sine * sine * sine;
}

/// Taps h[0..length / 2 - 1] of the low-pass below a crossover; the others mirror them.
std::vector<double> low_pass(int length, double crossover_hz, BandSplitSettings const& settings) {
    auto const size = 4 * static_cast<std::size_t>(length);
    std::vector<double> samples(size / 2 + 1);
    double const step_hz = settings.rate_hz / static_cast<double>(size);
    for (std::size_t k = 0; k < samples.size(); ++k) {
        samples[k] =
            bands::mask(static_cast<double>(k) * step_hz, crossover_hz, settings.width_octaves);
    }
    auto taps = even_transform(samples);
    taps.resize(static_cast<std::size_t>(length) / 2);
    for (std::size_t n = 0; n < taps.size(); ++n) {
        double const distance = static_cast<double>(n) / static_cast<double>(taps.size());
        taps[n] *= window(distance) / static_cast<double>(size);
    }
    return taps;
}

/// Level at one frequency: h[0] + 2 sum h[n] cos(n w).
double level_db(std::vector<double> const& taps, double hz, double rate_hz) {
    double const step = 2.0 * std::numbers::pi * hz / rate_hz;
    double sum = 0.0;
    for (std::size_t n = 1; n < taps.size(); ++n) {
        sum += taps[n] * std::cos(static_cast<double>(n) * step);
    }
    return db_from_gain(std::abs(taps[0] + 2.0 * sum));
}

bool is_good(
    std::vector<double> const& taps, double crossover_hz, BandSplitSettings const& settings
) {
    double const rate_hz = settings.rate_hz;
    if (std::abs(level_db(taps, crossover_hz, rate_hz) - kCrossover_db) > kCrossoverTolerance_db) {
        return false;
    }
    auto padded = taps;
    padded.resize(4 * taps.size() + 1, 0.0);
    auto const response = even_transform(padded);
    double const step_hz = 0.5 * rate_hz / static_cast<double>(response.size() - 1);
    double const reach = std::exp2(settings.width_octaves + kStopBandFrom_octaves);
    double worst = 0.0;
    for (std::size_t k = 0; k < response.size(); ++k) {
        double const hz = static_cast<double>(k) * step_hz;
        if (hz >= crossover_hz * reach) {
            worst = std::max(worst, std::abs(response[k]));
        } else if (hz <= crossover_hz / reach) {
            worst = std::max(worst, std::abs(response[k] - 1.0));
        }
    }
    return db_from_gain(worst) <= kStopBand_db;
}

/// Both halves of the difference of two low-passes.
std::vector<float> band(std::vector<double> const& upper, std::vector<double> const& lower) {
    auto const half = upper.size() - 1;
    std::vector<float> taps(2 * half + 1);
    for (std::size_t n = 0; n <= half; ++n) {
        auto const tap = static_cast<float>(upper[n] - lower[n]);
        taps[half + n] = tap;
        taps[half - n] = tap;
    }
    return taps;
}

} // namespace

BandFilters design_bands(BandSplitSettings const& settings) {
    require_valid(settings);
    // The lowest crossover has the steepest transition: the length that does for it does for all.
    double const lowest_hz = settings.crossovers_hz.front();
    int length = kShortest * rate_family(settings.rate_hz);
    int const longest = kLongest * rate_family(settings.rate_hz);
    auto upper = low_pass(length, lowest_hz, settings);
    while (length < longest && !is_good(upper, lowest_hz, settings)) {
        length *= 2;
        upper = low_pass(length, lowest_hz, settings);
    }
    BandFilters filters{.taps = {}, .length = length};
    std::vector<double> lower(upper.size(), 0.0);
    for (double const crossover_hz : settings.crossovers_hz) {
        upper = low_pass(length, crossover_hz, settings);
        filters.taps.push_back(band(upper, lower));
        lower = upper;
    }
    return filters;
}

} // namespace stemlathe
