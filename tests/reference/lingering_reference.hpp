#pragma once

#include "tests/reference/masking_reference.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace stemlathe::reference {

/// How long a masker lingers, s: tau_min 8 ms, and 30 ms at 100 Hz.
/// Source: ITU-R BS.1387-2, FFT ear model, 2.1.6.
inline double lingering_s(double hz) {
    return 0.008 + (100.0 / hz) * (0.030 - 0.008);
}

/// What excitations mask, hop by hop: what is there, or half of what is left of before where that
/// is more.
class Lingering {
  public:
    Lingering(std::vector<double> const& centres_hz, double hop_s)
        : state_(centres_hz.size(), 0.0) {
        for (double const hz : centres_hz) {
            keep_.push_back(std::exp(-hop_s / lingering_s(hz)));
        }
    }

    [[nodiscard]] Excitation next(Excitation const& excitation) {
        Excitation masking;
        for (std::size_t b = 0; b < state_.size(); ++b) {
            state_[b] = keep_[b] * state_[b] + (1.0 - keep_[b]) * excitation[b];
            masking.push_back(std::max(0.5 * state_[b], excitation[b]));
        }
        return masking;
    }

  private:
    std::vector<double> keep_{};
    std::vector<double> state_;
};

} // namespace stemlathe::reference
