#include "host/demo/oscillator.hpp"

#include <algorithm>
#include <numbers>

namespace stemlathe::demo {
namespace {

/// 1, 1, 2, 2, 4, 5, 8, 11, ... 512: half an octave of brightness per table.
int harmonics_of(std::size_t table) noexcept {
    return static_cast<int>(std::exp2(0.5 * static_cast<double>(table)) + 1e-9);
}

} // namespace

SawTables::SawTables() {
    std::vector<double> sine(kPoints);
    for (std::size_t point = 0; point < kPoints; ++point) {
        sine[point] = std::sin(2.0 * std::numbers::pi * static_cast<double>(point) / kPoints);
    }
    std::vector<double> sum(kPoints, 0.0);
    std::size_t harmonic = 0;
    for (std::size_t table = 0; table < kTables; ++table) {
        auto const last = static_cast<std::size_t>(harmonics_of(table));
        while (harmonic < last) {
            ++harmonic;
            for (std::size_t point = 0; point < kPoints; ++point) {
                sum[point] += sine[(point * harmonic) % kPoints] / static_cast<double>(harmonic);
            }
        }
        auto& values = tables_[table];
        values.resize(kPoints + 2);
        for (std::size_t point = 0; point < kPoints + 2; ++point) {
            values[point] = static_cast<float>(sum[point % kPoints]);
        }
    }
}

float const* SawTables::saw(double hz, double rate_hz) const noexcept {
    double const room = 0.49 * rate_hz / hz;
    std::size_t table = kTables - 1;
    while (table > 0 && harmonics_of(table) > room) {
        --table;
    }
    return tables_[table].data();
}

float const* SawTables::sine() const noexcept {
    return tables_.front().data();
}

} // namespace stemlathe::demo
