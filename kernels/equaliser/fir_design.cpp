#include "kernels/base/even_transform.hpp"
#include "kernels/base/units.hpp"
#include "kernels/equaliser/equaliser.hpp"
#include "kernels/equaliser/target.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <utility>

// Frequency sampling on a grid four times as fine as the filter is long, then a window. Source:
// Oppenheim & Schafer, Discrete-Time Signal Processing, section 7.5 (windowing) and 8.4 (sampling
// the transform).

namespace stemlathe {

namespace {

constexpr int kShortest = 4096;
constexpr int kLongest = 65'536;
constexpr double kMostError_db = 0.1;
constexpr double kErrorFrom_hz = 20.0;
constexpr double kErrorTo_rates = 0.45;
constexpr double kErrorFloor = 1e-3; ///< -60 dB: what lies below the target is not measured

constexpr double kTaper = 0.125;

/// Tukey's window over distances 0..1 from the centre: flat, but for a cosine over the outer
/// eighth. The taps of a smooth curve die away by themselves, and any other window only blurs the
/// bass: the same error took Hann and Kaiser windows two to eight times the length for bells and
/// passes under 100 Hz. The taper is for what does not die away: kinks of curves, notches and at
/// Nyquist. Source: F. J. Harris, On the Use of Windows for Harmonic Analysis, Proc. IEEE 66(1),
/// 1978, eq. 38.
double window(double distance) {
    double const into_taper = (distance - (1.0 - kTaper)) / kTaper;
    return into_taper <= 0.0 ? 1.0 : 0.5 + 0.5 * std::cos(std::numbers::pi * into_taper);
}

/// Smallest and largest ratio of what there is to what there should be.
class Error {
  public:
    explicit Error(double rate_hz) : to_hz_(kErrorTo_rates * rate_hz) {}

    void add(double hz, double actual, double target) noexcept {
        if (hz >= kErrorFrom_hz && hz <= to_hz_ && target > kErrorFloor) {
            double const ratio = std::abs(actual) / target;
            least_ = std::min(least_, ratio);
            most_ = std::max(most_, ratio);
        }
    }

    [[nodiscard]] double db() const noexcept {
        return std::max(db_from_gain(most_), -db_from_gain(least_));
    }

  private:
    double to_hz_;
    double least_ = 1.0;
    double most_ = 1.0;
};

/// Response of centred taps at one frequency: h[0] + 2 sum h[n] cos(n w), by Chebyshev's recursion.
double response_at(std::vector<float> const& taps, double hz, double rate_hz) {
    auto const half = taps.size() / 2;
    double const twice_cosine = 2.0 * std::cos(2.0 * std::numbers::pi * hz / rate_hz);
    double before = 1.0;
    double now = 0.5 * twice_cosine;
    double sum = 0.0;
    for (std::size_t n = 1; n <= half; ++n) {
        sum += taps[half + n] * now;
        before = std::exchange(now, twice_cosine * now - before);
    }
    return taps[half] + 2.0 * sum;
}

/// Where a band may be narrower than the grid: its centre and flanks.
std::vector<double> narrow_places_hz(EqualiserBand const& band) {
    std::vector<double> places_hz;
    if (band.type == EqualiserType::curve) {
        for (auto const& point : band.points) {
            places_hz.push_back(point.hz);
        }
    } else {
        for (double const widths : {-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0}) {
            places_hz.push_back(band.hz * (1.0 + widths / band.q));
        }
    }
    return places_hz;
}

double error_db(
    std::vector<float> const& taps,
    std::span<double const> target_on_grid,
    equaliser::Target const& target,
    EqualiserSettings const& settings
) {
    std::vector<double> padded(target_on_grid.size(), 0.0);
    std::copy(
        taps.begin() + static_cast<std::ptrdiff_t>(taps.size() / 2), taps.end(), padded.begin()
    );
    auto const response = even_transform(padded);
    double const rate_hz = settings.rate_hz;
    double const step_hz = 0.5 * rate_hz / static_cast<double>(response.size() - 1);
    Error error{rate_hz};
    for (std::size_t k = 0; k < response.size(); ++k) {
        error.add(static_cast<double>(k) * step_hz, response[k], target_on_grid[k]);
    }
    for (auto const& band : settings.bands) {
        for (double const hz : narrow_places_hz(band)) {
            if (hz >= kErrorFrom_hz) {
                error.add(hz, response_at(taps, hz, rate_hz), target.at(hz));
            }
        }
    }
    return error.db();
}

FirDesign
design_of_length(int length, equaliser::Target const& target, EqualiserSettings const& settings) {
    auto const size = 4 * static_cast<std::size_t>(length);
    std::vector<double> samples(size / 2 + 1);
    for (std::size_t k = 0; k < samples.size(); ++k) {
        samples[k] =
            target.at(settings.rate_hz * (static_cast<double>(k) / static_cast<double>(size)));
    }
    auto const impulse = even_transform(samples);
    auto const half = static_cast<std::size_t>(length) / 2 - 1;
    std::vector<float> taps(2 * half + 1);
    for (std::size_t n = 0; n <= half; ++n) {
        double const share = static_cast<double>(n) / static_cast<double>(half + 1);
        auto const tap = static_cast<float>(window(share) * impulse[n] / static_cast<double>(size));
        taps[half + n] = tap;
        taps[half - n] = tap;
    }
    double const error = error_db(taps, samples, target, settings);
    return {.taps = std::move(taps), .length = length, .error_db = error};
}

} // namespace

FirDesign design_fir(EqualiserSettings const& settings) {
    require_valid(settings);
    int const family = rate_family(settings.rate_hz);
    if (is_identity(settings.bands)) {
        return {.taps = {1.0F}, .length = kShortest * family};
    }
    equaliser::Target const target{settings.bands};
    FirDesign design;
    for (int length = kShortest; length <= kLongest; length *= 2) {
        design = design_of_length(length * family, target, settings);
        if (design.error_db <= kMostError_db) {
            break;
        }
    }
    return design;
}

} // namespace stemlathe
