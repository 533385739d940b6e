#pragma once

#include <span>
#include <vector>

namespace stemlathe::reference {

/// Sum of all signals, sample by sample, with Neumaier's compensation (ZAMM 54, 1974): exact to
/// about 2^-100 of sum|x|. Shorter signals end in silence. `magnitudes` gets sum|x|.
inline std::vector<double>
sum_of(std::span<std::vector<float> const> signals, std::vector<double>& magnitudes) {
    std::size_t longest = 0;
    for (auto const& signal : signals) {
        longest = signal.size() > longest ? signal.size() : longest;
    }
    std::vector<double> out(longest, 0.0);
    magnitudes.assign(longest, 0.0);
    for (std::size_t i = 0; i < longest; ++i) {
        double compensation = 0.0;
        for (auto const& signal : signals) {
            double const value = i < signal.size() ? static_cast<double>(signal[i]) : 0.0;
            double const size = value < 0.0 ? -value : value;
            double const before = out[i];
            double const after = before + value;
            bool const larger = (before < 0.0 ? -before : before) >= size;
            compensation += larger ? (before - after) + value : (value - after) + before;
            out[i] = after;
            magnitudes[i] += size;
        }
        out[i] += compensation;
    }
    return out;
}

} // namespace stemlathe::reference
