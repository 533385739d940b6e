#include "tests/support/tones.hpp"

#include "kernels/base/units.hpp"

#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>

namespace stemlathe::test {

namespace {

/// Squared peak amplitude.
double power_of(Signal const& signal, double hz, Stretch const& stretch) {
    double const step = 2.0 * std::numbers::pi * hz / stretch.rate_hz;
    std::complex<double> sum = 0.0;
    for (std::int64_t n = stretch.first; n < stretch.first + stretch.count; ++n) {
        double const value = signal.at(2 * static_cast<std::size_t>(n));
        sum += value * std::polar(1.0, -step * static_cast<double>(n));
    }
    return std::norm(sum * 2.0 / static_cast<double>(stretch.count));
}

} // namespace

double tone_dbfs(Signal const& signal, double hz, Stretch const& stretch) {
    return db_from_power(power_of(signal, hz, stretch));
}

double thd_db(Signal const& signal, double hz, int last, Stretch const& stretch) {
    double harmonics = 0.0;
    for (int order = 2; order <= last; ++order) {
        harmonics += power_of(signal, order * hz, stretch);
    }
    return db_from_power(harmonics / power_of(signal, hz, stretch));
}

double
intermodulation_db(Signal const& signal, double low_hz, double high_hz, Stretch const& stretch) {
    double sidebands = 0.0;
    for (int n = 1; n <= 5; ++n) {
        sidebands += power_of(signal, high_hz - n * low_hz, stretch) +
                     power_of(signal, high_hz + n * low_hz, stretch);
    }
    return db_from_power(sidebands / power_of(signal, high_hz, stretch));
}

} // namespace stemlathe::test
