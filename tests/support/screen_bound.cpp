#include "tests/support/screen_bound.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace stemlathe::test {

namespace {

/// Weights of the screen points before and after a point, m frames away.
struct Weights {
    double before = 0.0;
    double after = 0.0;
};

/// Fourier coefficients of the two functions that give e^{iws} = e^{-iwh} B(w) + e^{iwh} A(w) with
/// real A and B, h being half the distance of screen points.
Weights weights(double s, double h, int m) {
    constexpr int kSteps = 4096;
    Weights sum;
    for (int i = 0; i < kSteps; ++i) {
        double const w = std::numbers::pi * ((2.0 * i + 1.0) / kSteps - 1.0);
        double const even = std::cos(w * s) / std::cos(w * h);
        double const odd = std::sin(w * s) / std::sin(w * h);
        sum.after += std::cos(w * m) * (even + odd) / 2.0 / kSteps;
        sum.before += std::cos(w * m) * (even - odd) / 2.0 / kSteps;
    }
    return sum;
}

/// Bound of one point that is not a screen point.
double bound_of(ScreenedGrid const& grid, int phase, int spread_frames) {
    auto const count = static_cast<int>(grid.phases.size());
    auto const taps = grid.phases.front().size();
    int const before = phase / grid.screen_step * grid.screen_step;
    int const after = before + grid.screen_step;
    double const h = 0.5 * grid.screen_step / count;
    double const s = static_cast<double>(phase - before) / count - h;
    std::vector<double> rest(taps + 2 * static_cast<std::size_t>(spread_frames), 0.0);
    for (std::size_t k = 0; k < taps; ++k) {
        rest[k + static_cast<std::size_t>(spread_frames)] = grid.phases[std::size_t(phase)][k];
    }
    double sum = 0.0;
    auto const take = [&](int screen_phase, double weight, int m) {
        if (screen_phase == 0 || screen_phase == count) {
            return; // a sample: left in the rest, where it counts the same
        }
        sum += std::abs(weight);
        for (std::size_t k = 0; k < taps; ++k) {
            rest[k + static_cast<std::size_t>(spread_frames + m)] -=
                weight * grid.phases[static_cast<std::size_t>(screen_phase)][k];
        }
    };
    for (int m = -spread_frames; m <= spread_frames; ++m) {
        auto const weight = weights(s, h, m);
        take(before, weight.before, m);
        take(after, weight.after, m);
    }
    for (double const value : rest) {
        sum += std::abs(value);
    }
    return sum;
}

} // namespace

double screen_bound(ScreenedGrid const& grid, int spread_frames) {
    double worst = 1.0;
    for (int phase = 1; phase < static_cast<int>(grid.phases.size()); ++phase) {
        if (phase % grid.screen_step != 0) {
            worst = std::max(worst, bound_of(grid, phase, spread_frames));
        }
    }
    return worst;
}

} // namespace stemlathe::test
