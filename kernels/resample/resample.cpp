#include "kernels/resample/resample.hpp"

#include "kernels/base/range.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace stemlathe {

namespace {

constexpr int kRateMin_hz = 8'000;
constexpr int kRateMax_hz = 384'000;
constexpr double kPassBand = 20'000.0 / 22'050.0; ///< of the lower Nyquist; the stop-band is at 1
constexpr double kAttenuation_db = 140.0;

/// Modified Bessel function of order 0, power series: all terms are positive, so it is exact to
/// rounding. Source: Abramowitz & Stegun, 1964, eq. 9.6.12.
double bessel_i0(double x) {
    double const quarter = x * x / 4.0;
    double sum = 1.0;
    double term = 1.0;
    for (int k = 1; term > 1e-17 * sum; ++k) {
        term *= quarter / (static_cast<double>(k) * k);
        sum += term;
    }
    return sum;
}

/// The continuous impulse response; time and frequency in units of the input rate.
class Prototype {
  public:
    /// @param narrowing  lower rate / input rate
    explicit Prototype(double narrowing)
        : cutoff_(0.25 * (1.0 + kPassBand) * narrowing),
          // Kaiser's estimate; the width of the transition is counted in radians.
          half_length_(std::ceil(
              (kAttenuation_db - 7.95) /
              (2.285 * std::numbers::pi * (1.0 - kPassBand) * narrowing) / 2.0
          )),
          peak_(bessel_i0(kBeta)) {}

    [[nodiscard]] int taps() const {
        return 2 * static_cast<int>(half_length_);
    }

    [[nodiscard]] double at(double time) const {
        double const position = time / half_length_;
        if (std::abs(position) >= 1.0) {
            return 0.0;
        }
        double const angle = 2.0 * std::numbers::pi * cutoff_ * time;
        double const sinc = std::abs(angle) < 1e-9 ? 1.0 : std::sin(angle) / angle;
        double const window = bessel_i0(kBeta * std::sqrt(1.0 - position * position)) / peak_;
        return 2.0 * cutoff_ * sinc * window;
    }

  private:
    static constexpr double kBeta = 0.1102 * (kAttenuation_db - 8.7);

    double cutoff_;
    double half_length_;
    double peak_;
};

} // namespace

void check_settings(ResampleSettings const& settings) {
    require_in_range("sample rate to convert from, Hz", settings.from_hz, kRateMin_hz, kRateMax_hz);
    require_in_range("sample rate to convert to, Hz", settings.to_hz, kRateMin_hz, kRateMax_hz);
}

PolyphaseFilter design_polyphase(ResampleSettings const& settings) {
    auto const divisor = std::gcd(settings.from_hz, settings.to_hz);
    double const narrowing = std::min(1.0, static_cast<double>(settings.to_hz) / settings.from_hz);
    Prototype const prototype{narrowing};
    PolyphaseFilter filter{
        .phases = settings.to_hz / divisor,
        .advance = settings.from_hz / divisor,
        .taps = prototype.taps(),
        .coefficients = {}};
    auto const taps = filter.taps;
    filter.coefficients.reserve(static_cast<std::size_t>(filter.phases * taps));
    for (std::int64_t phase = 0; phase < filter.phases; ++phase) {
        double const fraction = static_cast<double>(phase) / static_cast<double>(filter.phases);
        for (int j = 0; j < taps; ++j) {
            filter.coefficients.push_back(
                static_cast<float>(prototype.at(fraction + static_cast<double>(taps / 2 - 1 - j)))
            );
        }
    }
    return filter;
}

} // namespace stemlathe
