#include "host/intake/origin/tonality.hpp"

#include "kernels/base/units.hpp"

#include <algorithm>

namespace stemlathe {

double tonal_share(MeanSpectrum const& spectrum) {
    constexpr double kFrom_hz = 300.0;
    constexpr double kTo_hz = 12'000.0;
    constexpr double kStep_hz = 100.0;
    constexpr double kAround_hz = 300.0;
    constexpr double kLine = 7.94; // 9 dB
    double tones = 0.0;
    double total = 0.0;
    for (double hz = kFrom_hz; hz < std::min(kTo_hz, spectrum.top_hz()); hz += kStep_hz) {
        double const median =
            gain_from_db(2.0 * spectrum.median_db(hz - kAround_hz, hz + kStep_hz + kAround_hz));
        auto const first = static_cast<std::size_t>(hz / spectrum.bin_hz);
        auto const end = static_cast<std::size_t>((hz + kStep_hz) / spectrum.bin_hz);
        for (auto k = first; k < std::min(end, spectrum.powers.size()); ++k) {
            double const power = spectrum.powers[k];
            total += power;
            tones += power > kLine * median ? power : 0.0;
        }
    }
    return total > 0.0 ? tones / total : 0.0;
}

} // namespace stemlathe
