#include "host/intake/origin/mains_hum.hpp"

#include "host/intake/origin/blackman_harris.hpp"
#include "host/intake/origin/float_fourier.hpp"
#include "kernels/base/assert.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace stemlathe {

namespace {

constexpr int kHarmonics = 8;
constexpr int kHarmonicsLeast = 3;

/// A power spectrum whose bins add up to the mean square.
struct LineSpectrum {
    std::vector<double> powers{};
    double bin_hz = 0.0;

    [[nodiscard]] std::size_t bin(double hz) const {
        auto const nearest = static_cast<std::size_t>(std::lround(hz / bin_hz));
        return std::min(nearest, powers.size() - 1);
    }
};

LineSpectrum spectrum_of(std::span<float const> samples, double rate_hz) {
    auto const shape = blackman_harris(samples.size());
    std::vector<float> real(samples.size());
    std::vector<float> imaginary(samples.size());
    double shape_square = 0.0;
    for (std::size_t n = 0; n < samples.size(); ++n) {
        real[n] = samples[n] * shape[n];
        shape_square += static_cast<double>(shape[n]) * shape[n];
    }
    FloatFourier{samples.size()}.transform(real, imaginary);
    auto const size = static_cast<double>(samples.size());
    LineSpectrum spectrum{
        .powers = std::vector<double>(samples.size() / 2), .bin_hz = rate_hz / size};
    for (std::size_t k = 0; k < spectrum.powers.size(); ++k) {
        double const re = real[k];
        double const im = imaginary[k];
        spectrum.powers[k] = 2.0 * (re * re + im * im) / (size * shape_square);
    }
    return spectrum;
}

/// Median of what lies 3 to 12 Hz away on both sides: beyond the window's main lobe.
double surroundings(LineSpectrum const& spectrum, double hz) {
    constexpr double kNear_hz = 3.0;
    constexpr double kFar_hz = 12.0;
    std::vector<double> around;
    for (auto const k : {-1.0, 1.0}) {
        auto const a = spectrum.bin(hz + k * kNear_hz);
        auto const b = spectrum.bin(hz + k * kFar_hz);
        around.insert(
            around.end(),
            spectrum.powers.begin() + static_cast<std::ptrdiff_t>(std::min(a, b)),
            spectrum.powers.begin() + static_cast<std::ptrdiff_t>(std::max(a, b))
        );
    }
    auto const middle = around.begin() + std::ssize(around) / 2;
    std::ranges::nth_element(around, middle);
    return *middle;
}

struct Line {
    double power = 0.0;         ///< of the tone
    double prominence_db = 0.0; ///< of its highest bin
};

/// Half the width of the window's main lobe, in bins.
constexpr std::size_t kLobe = 4;

Line line_at(LineSpectrum const& spectrum, double hz) {
    auto const at = spectrum.bin(hz);
    Line line{};
    double highest = 0.0;
    for (std::size_t k = at - kLobe; k <= at + kLobe; ++k) {
        line.power += spectrum.powers[k];
        highest = k + 1 >= at && k <= at + 1 ? std::max(highest, spectrum.powers[k]) : highest;
    }
    line.prominence_db = db_from_power(highest) - db_from_power(surroundings(spectrum, hz));
    return line;
}

/// What stands out with `hz` as the line's frequency.
MainsHum hum_at(LineSpectrum const& spectrum, double hz) {
    MainsHum hum{.hz = hz};
    double power = 0.0;
    bool has_low = false;
    for (int k = 1; k <= kHarmonics; ++k) {
        auto const line = line_at(spectrum, hz * k);
        if (line.prominence_db >= kHumProminence_db) {
            ++hum.harmonics;
            power += line.power;
            has_low = has_low || k <= 2;
        }
    }
    hum.harmonics = has_low ? hum.harmonics : 0;
    hum.level_dbfs = db_from_power(power);
    return hum;
}

} // namespace

std::optional<MainsHum> mains_hum(std::span<float const> samples, double rate_hz) {
    constexpr std::array kLines_hz{50.0, 60.0};
    constexpr int kSteps = 6;         // to either side
    constexpr double kStep_hz = 0.05; // a quarter of a bin at the fundamental
    STEMLATHE_ASSERT(samples.size() == kHumFrames);
    auto const spectrum = spectrum_of(samples, rate_hz);
    MainsHum best{};
    for (double const line_hz : kLines_hz) {
        for (int step = -kSteps; step <= kSteps; ++step) {
            auto const hum = hum_at(spectrum, line_hz + kStep_hz * step);
            bool const is_better = hum.harmonics > best.harmonics ||
                                   (hum.harmonics == best.harmonics && hum.harmonics > 0 &&
                                    hum.level_dbfs > best.level_dbfs);
            best = is_better ? hum : best;
        }
    }
    return best.harmonics >= kHarmonicsLeast ? std::optional{best} : std::nullopt;
}

} // namespace stemlathe
