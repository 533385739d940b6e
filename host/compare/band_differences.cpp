#include "host/compare/band_differences.hpp"

#include "host/intake/origin/mean_spectrum.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace stemlathe {

namespace {

constexpr std::int64_t kPiece_frames = 65'536;
constexpr double kNothing = 1e-11;
/// Nominal centres (IEC 61260-1, table 1); their number n is that of 1000 * 10^(n / 10) Hz.
constexpr int kLowestBand = -13;
constexpr std::array<double, 27> kCentres_hz{
    50,   63,   80,   100,  125,  160,  200,  250,  315,  400,   500,   630,   800,  1000,
    1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000, 10000, 12500, 16000, 20000};

/// The channels of a piece, apart.
class Piece {
  public:
    void read(FrameSource& source, std::int64_t from, std::int64_t frames) {
        both_.resize(static_cast<std::size_t>(frames) * 2);
        source.read(from, both_);
        left_.resize(static_cast<std::size_t>(frames));
        right_.resize(left_.size());
        for (std::size_t i = 0; i < left_.size(); ++i) {
            left_[i] = both_[2 * i];
            right_[i] = both_[2 * i + 1];
        }
    }

    [[nodiscard]] StemFrames at(std::int64_t first_frame) const {
        return {.left = left_, .right = right_, .first_frame = first_frame};
    }

  private:
    std::vector<float> both_;
    std::vector<float> left_;
    std::vector<float> right_;
};

/// Mean square of what lies between two frequencies; bins at its edges count by their share.
double power_between(MeanSpectrum const& spectrum, double low_hz, double high_hz) {
    double power = 0.0;
    for (std::size_t bin = 0; bin < spectrum.powers.size(); ++bin) {
        double const start_hz = (static_cast<double>(bin) - 0.5) * spectrum.bin_hz;
        double const shared_hz =
            std::min(high_hz, start_hz + spectrum.bin_hz) - std::max(low_hz, start_hz);
        power += spectrum.powers[bin] * std::max(0.0, shared_hz / spectrum.bin_hz);
    }
    return power;
}

} // namespace

std::vector<BandDifference> band_differences(
    FrameSource& a,
    FrameSource& b,
    std::int64_t offset_frames,
    double gain_db,
    std::stop_token const& stop
) {
    auto const frames = a.info().frames;
    SpectrumAverager averager_a{a.info().rate_hz, frames};
    SpectrumAverager averager_b{a.info().rate_hz, frames};
    Piece piece;
    for (std::int64_t at = 0; at < frames; at += kPiece_frames) {
        if (stop.stop_requested()) {
            throw Failure{Code::cancelled, "stopped on request"};
        }
        auto const count = std::min(kPiece_frames, frames - at);
        piece.read(a, at, count);
        averager_a.process(piece.at(at));
        piece.read(b, at + offset_frames, count);
        averager_b.process(piece.at(at));
    }
    auto const of_a = averager_a.mean();
    auto const of_b = averager_b.mean();
    std::vector<BandDifference> bands;
    for (std::size_t i = 0; i < kCentres_hz.size(); ++i) {
        double const exact_hz = 1000.0 * std::pow(10.0, (kLowestBand + static_cast<int>(i)) / 10.0);
        double const low_hz = exact_hz * std::pow(10.0, -0.05);
        double const high_hz = exact_hz * std::pow(10.0, 0.05);
        if (high_hz > a.info().rate_hz / 2.0) {
            break;
        }
        BandDifference band{.hz = kCentres_hz[i]};
        double const power_a = power_between(of_a, low_hz, high_hz);
        double const power_b = power_between(of_b, low_hz, high_hz);
        if (power_a > kNothing && power_b > kNothing) {
            band.difference_db = db_from_power(power_b / power_a) + gain_db;
        }
        bands.push_back(band);
    }
    return bands;
}

} // namespace stemlathe
