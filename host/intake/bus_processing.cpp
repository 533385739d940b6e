#include "host/intake/bus_processing.hpp"

#include "host/intake/interleaved_fourier.hpp"
#include "host/intake/linear_fit.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <functional>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

namespace stemlathe {

namespace {

/// A moving gain has one value per this many frames: faster than any limiter's release.
constexpr std::size_t kGainFrames = 64;
constexpr std::size_t kGainValues = kGainFrames * kChannels;
constexpr std::size_t kCurveSteps = 256;
constexpr std::size_t kFilterFrames = 16'384;

double ratio_db(double part, double whole) {
    return db_from_power(whole > 0.0 ? std::max(part, 0.0) / whole : 0.0);
}

/// One gain per piece of the sum.
struct MovingGain {
    struct Piece {
        double gain = 0.0;
        double energy = 0.0; ///< of the sum
    };

    std::vector<Piece> pieces{};

    /// @returns what was added, one per kGainFrames
    std::span<Piece const> take(std::span<float const> sum, std::span<float const> reference) {
        auto const before = pieces.size();
        for (std::size_t at = 0; at + kGainValues <= sum.size(); at += kGainValues) {
            double yy = 0.0;
            double yr = 0.0;
            for (std::size_t i = at; i < at + kGainValues; ++i) {
                double const y = sum[i];
                double const r = reference[i];
                yy += y * y;
                yr += y * r;
            }
            pieces.push_back({.gain = yy > 0.0 ? yr / yy : 0.0, .energy = yy});
        }
        return std::span{pieces}.subspan(before);
    }

    void finish(BusProcessing& out) {
        double energy = 0.0;
        for (auto const& piece : pieces) {
            energy += piece.energy;
        }
        if (energy <= 0.0) {
            return;
        }
        double const mean = energy / static_cast<double>(pieces.size());
        double loud = 0.0;
        double loud_energy = 0.0;
        double soft = 0.0;
        double soft_energy = 0.0;
        for (auto const& piece : pieces) {
            bool const is_loud = piece.energy > mean;
            (is_loud ? loud : soft) += piece.gain * piece.energy;
            (is_loud ? loud_energy : soft_energy) += piece.energy;
        }
        out.is_lower_when_loud =
            loud_energy > 0.0 && soft_energy > 0.0 && loud / loud_energy < soft / soft_energy;
        std::ranges::sort(pieces, {}, &Piece::gain);
        out.swing_db = db_from_gain(gain_at(0.95 * energy)) - db_from_gain(gain_at(0.05 * energy));
    }

    /// The gain below which pieces have this energy together.
    [[nodiscard]] double gain_at(double energy) const {
        double sum = 0.0;
        for (auto const& piece : pieces) {
            sum += piece.energy;
            if (sum >= energy) {
                return std::abs(piece.gain);
            }
        }
        return std::abs(pieces.back().gain);
    }
};

/// The reference as a function of the sum's momentary value: its mean in narrow steps.
struct Curve {
    struct Step {
        double count = 0.0;
        double sum = 0.0;
        double squares = 0.0;
        double slope_products = 0.0; ///< of the sum's and the reference's value
        double values = 0.0;
        double value_squares = 0.0;
    };

    double most = 0.0; ///< the largest value of the sum
    std::array<Step, 2 * kCurveSteps> steps{};

    void take(std::span<float const> sum, std::span<float const> reference) {
        for (std::size_t i = 0; i < sum.size(); ++i) {
            double const position = (sum[i] / most + 1.0) * kCurveSteps;
            auto const index =
                static_cast<std::size_t>(std::clamp(position, 0.0, 2.0 * kCurveSteps - 1.0));
            auto& step = steps[index];
            double const y = sum[i];
            double const r = reference[i];
            step.count += 1.0;
            step.sum += r;
            step.squares += r * r;
            step.values += y;
            step.value_squares += y * y;
            step.slope_products += y * r;
        }
    }

    /// Energy that a straight line in each step leaves.
    [[nodiscard]] double left() const {
        double sum = 0.0;
        for (auto const& step : steps) {
            if (step.count < 1.0) {
                continue;
            }
            double const rr = step.squares - step.sum * step.sum / step.count;
            double const yr = step.slope_products - step.values * step.sum / step.count;
            double const yy = step.value_squares - step.values * step.values / step.count;
            sum += std::max(rr - (yy > 0.0 ? yr * yr / yy : 0.0), 0.0);
        }
        return sum;
    }
};

/// Spectra of sum and reference, averaged over short windows.
class Coherence {
  public:
    void take(std::span<float const> sum, std::span<float const> reference) {
        auto const frames = sum.size() / kChannels;
        for (std::size_t at = 0; at + kFilterFrames <= frames; at += kFilterFrames / 2) {
            auto const y = windowed(sum, at);
            auto const r = windowed(reference, at);
            for (std::size_t i = 0; i < kFilterFrames; ++i) {
                of_sum_[i] += std::norm(y[i]);
                of_reference_[i] += std::norm(r[i]);
                cross_[i] += product(r[i], std::conj(y[i]));
            }
        }
    }

    /// Share of the reference that no filter of the sum is.
    [[nodiscard]] double left() const {
        double whole = 0.0;
        double left = 0.0;
        for (std::size_t i = 0; i < kFilterFrames; ++i) {
            whole += of_reference_[i];
            double const coherent = of_sum_[i] > 0.0 ? std::norm(cross_[i]) / of_sum_[i] : 0.0;
            left += std::max(of_reference_[i] - coherent, 0.0);
        }
        return whole > 0.0 ? left / whole : 0.0;
    }

  private:
    using Bins = std::vector<std::complex<double>>;

    [[nodiscard]] Bins windowed(std::span<float const> stereo, std::size_t first) const {
        Bins values(kFilterFrames);
        for (std::size_t i = 0; i < kFilterFrames; ++i) {
            double const angle = 2.0 * std::numbers::pi * static_cast<double>(i) /
                                 static_cast<double>(kFilterFrames);
            double const window = 0.5 - 0.5 * std::cos(angle);
            auto const at = kChannels * (first + i);
            values[i] = {window * stereo[at], window * stereo[at + 1]};
        }
        fourier_.transform(values);
        return values;
    }

    InterleavedFourier fourier_{kFilterFrames};
    std::vector<double> of_sum_ = std::vector<double>(kFilterFrames);
    std::vector<double> of_reference_ = std::vector<double>(kFilterFrames);
    Bins cross_ = Bins(kFilterFrames);
};

/// An excerpt: the sum of the stems at gains of their own, and the reference.
struct Heard {
    std::vector<float> sum{};
    std::vector<float> reference{};
};

std::vector<float>
sum_of(std::span<std::vector<float> const> stems, std::span<double const> gains) {
    std::vector<float> out(stems.front().size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        double sum = 0.0;
        for (std::size_t stem = 0; stem < stems.size(); ++stem) {
            sum += gains[stem] * stems[stem][i];
        }
        out[i] = static_cast<float>(sum);
    }
    return out;
}

/// Multiplies by gains, one per kGainFrames.
void move_gain(std::vector<float>& stereo, std::span<MovingGain::Piece const> pieces) {
    for (std::size_t i = 0; i < stereo.size(); ++i) {
        auto const piece = std::min(i / kGainValues, pieces.size() - 1);
        stereo[i] *= static_cast<float>(pieces[piece].gain);
    }
}

/// The stems as one moving gain has them, against the reference: which balance they have then.
class Balance {
  public:
    Balance(std::size_t stems, std::int64_t frames, int rate_hz)
        : meter_(stems + 1, frames, rate_hz) {}

    void take(
        std::span<std::vector<float>> stems,
        std::vector<float>& reference,
        std::span<MovingGain::Piece const> pieces,
        Tasks& crew
    ) {
        std::vector<AudioView> views;
        auto const frames = static_cast<std::int64_t>(reference.size()) / kChannels;
        for (auto& stem : stems) {
            move_gain(stem, pieces);
            views.push_back({.samples = stem.data(), .frames = frames});
        }
        views.push_back({.samples = reference.data(), .frames = frames});
        meter_.process(views, crew);
    }

    void finish(BusProcessing& out, std::span<double const> equal) {
        auto const products = meter_.finish();
        std::vector<std::size_t> stems(products.columns - 1);
        std::iota(stems.begin(), stems.end(), std::size_t{0});
        auto const reference = stems.size();
        auto const sums = products.sum(0, products.count());
        double const whole = sums.at(reference, reference);
        auto fit = fit_gains(products, {.first = 0, .end = products.count()}, stems, reference);
        out.moving_db = ratio_db(residual_energy(sums, stems, equal, reference), whole);
        out.balanced_db = ratio_db(residual_energy(sums, stems, fit.gains, reference), whole);
        out.gains = std::move(fit.gains);
    }

  private:
    ProductMeter meter_;
};

} // namespace

double BusProcessing::best_db() const noexcept {
    return std::min({moving_db, balanced_db, curve_db, filter_db});
}

BusProcessing explain_residual(
    std::span<Column const> stems,
    SumGains const& gains,
    Column const& reference,
    std::span<Excerpt const> excerpts,
    std::int64_t excerpt_frames,
    Session const& session,
    Window const& window,
    Backend& backend,
    Run& run
) {
    auto& crew = run.stage_tasks(backend.info().stage_threads);
    auto const all_frames = excerpt_frames * static_cast<std::int64_t>(excerpts.size());
    std::vector<Heard> heard;
    std::vector<std::vector<float>> audio(stems.size());
    Balance balance{stems.size(), all_frames, session.rate_hz};
    MovingGain moving;
    Curve curve;
    double whole = 0.0;
    double constant = 0.0;
    for (auto const& excerpt : excerpts) {
        run.check_stop();
        Window const stretch{
            .from_frame = window.from_frame + excerpt.first_frame, .frames = excerpt_frames};
        auto& last = heard.emplace_back();
        crew.for_each(stems.size() + 1, [&](std::size_t i) {
            auto const& column = i < stems.size() ? stems[i] : reference;
            auto& into = i < stems.size() ? audio[i] : last.reference;
            into = read_stretch(column, session, stretch, backend);
        });
        last.sum = sum_of(audio, gains.own);
        for (std::size_t i = 0; i < last.sum.size(); ++i) {
            double const r = last.reference[i];
            double const difference = r - last.sum[i];
            whole += r * r;
            constant += difference * difference;
            curve.most = std::max(curve.most, static_cast<double>(std::abs(last.sum[i])));
        }
        auto const pieces = moving.take(sum_of(audio, gains.equal), last.reference);
        balance.take(audio, last.reference, pieces, run.tasks());
    }
    BusProcessing out;
    if (curve.most <= 0.0) {
        return out;
    }
    Coherence coherence;
    std::array<std::function<void(Heard const&)>, 2> const explanations{
        [&](Heard const& each) { coherence.take(each.sum, each.reference); },
        [&](Heard const& each) {
            curve.take(each.sum, each.reference);
        }};
    crew.for_each(explanations.size(), [&](std::size_t i) {
        std::ranges::for_each(heard, explanations[i]);
    });
    moving.finish(out);
    balance.finish(out, gains.equal);
    out.constant_db = ratio_db(constant, whole);
    out.curve_db = ratio_db(curve.left(), whole);
    out.filter_db = db_from_power(coherence.left());
    return out;
}

} // namespace stemlathe
