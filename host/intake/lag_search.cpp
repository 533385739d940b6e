#include "host/intake/lag_search.hpp"

#include "host/intake/interleaved_fourier.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace stemlathe {

namespace {

constexpr std::int64_t kNearFrames = 32;
constexpr std::int64_t kExcerptFrames = 65'536;
constexpr std::int64_t kExcerptFrames_max = 131'072;
constexpr std::size_t kManyStems = 16;

/// Bins below this share of a stem's mean power say little about where it lies.
constexpr double kFloor = 1e-3;
/// A far peak stands over the near ones by this factor, and over the noise of all lags by that.
constexpr double kOverNear = 2.0;
constexpr double kOverNoise = 8.0;
constexpr std::size_t kTaperShare = 16;

using Spectrum = std::vector<std::complex<double>>;

/// Both channels as one complex signal, faded in and out. What a real filter does to both, it does
/// to their transform.
Spectrum spectrum_of(std::span<float const> stereo, InterleavedFourier const& fourier) {
    Spectrum values(fourier.size());
    auto const taper = values.size() / kTaperShare;
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto const edge = std::min(i, values.size() - 1 - i);
        double const position = (static_cast<double>(edge) + 0.5) / static_cast<double>(taper);
        double const window =
            edge < taper ? 0.5 - 0.5 * std::cos(std::numbers::pi * position) : 1.0;
        values[i] = {window * stereo[2 * i], window * stereo[2 * i + 1]};
    }
    fourier.transform(values);
    return values;
}

double energy_of(Spectrum const& spectrum) {
    double sum = 0.0;
    for (auto const& bin : spectrum) {
        sum += std::norm(bin);
    }
    return sum;
}

/// What is known of one stem, summed over excerpts.
struct Cross {
    Spectrum cross{};
    std::vector<double> power{};
    double error = 0.0; ///< energy of what is left over where the stem plays

    void add(Spectrum const& stem, Spectrum const& rest, double gain, double error_energy) {
        cross.resize(stem.size());
        power.resize(stem.size());
        for (std::size_t i = 0; i < stem.size(); ++i) {
            cross[i] += product(rest[i] + gain * stem[i], std::conj(stem[i]));
            power[i] += std::norm(stem[i]);
        }
        error += error_energy;
    }
};

/// Values over lags, negative ones from the end.
class OverLags {
  public:
    OverLags(Spectrum spectrum, InterleavedFourier const& fourier) : values_(std::move(spectrum)) {
        std::ranges::transform(values_, values_.begin(), [](auto const& bin) {
            return std::conj(bin);
        });
        fourier.transform(values_);
    }

    [[nodiscard]] double at(std::int64_t lag) const {
        auto const size = static_cast<std::int64_t>(values_.size());
        return values_[static_cast<std::size_t>((lag + size) % size)].real();
    }

    /// The lag of the largest magnitude; ties go to the smallest lag.
    [[nodiscard]] std::int64_t largest(std::int64_t from, std::int64_t to) const {
        std::int64_t best = from;
        for (auto lag = from; lag <= to; ++lag) {
            bool const is_nearer = std::abs(lag) < std::abs(best);
            double const most = std::abs(at(best));
            if (std::abs(at(lag)) > most || (std::abs(at(lag)) == most && is_nearer)) {
                best = lag;
            }
        }
        return best;
    }

  private:
    Spectrum values_;
};

/// Top of the parabola through three neighbours, relative to the middle one.
double top_of(double before, double middle, double after) {
    double const curve = before - 2.0 * middle + after;
    return curve != 0.0 ? std::clamp(0.5 * (before - after) / curve, -0.5, 0.5) : 0.0;
}

void read_near(LagReading& reading, Cross const& sums, OverLags const& plain, std::int64_t reach) {
    auto const lag = plain.largest(-reach, reach);
    double power = 0.0;
    for (double const each : sums.power) {
        power += each;
    }
    // A stem at a lag explains |correlation|^2 / power of what is left.
    auto const explained = [&](double correlation) {
        return correlation * correlation / power;
    };
    double const here = explained(plain.at(0));
    double const fraction = top_of(plain.at(lag - 1), plain.at(lag), plain.at(lag + 1));
    double const top = plain.at(lag) - 0.25 * (plain.at(lag - 1) - plain.at(lag + 1)) * fraction;
    reading.near_frames = lag;
    reading.fraction = fraction;
    reading.share = (explained(plain.at(lag)) - here) / sums.error;
    reading.fraction_share = (explained(top) - here) / sums.error;
}

void read_far(
    LagReading& reading, Cross const& sums, std::int64_t reach, InterleavedFourier const& fourier
) {
    double mean = 0.0;
    for (double const power : sums.power) {
        mean += power / static_cast<double>(sums.power.size());
    }
    Spectrum response(sums.cross.size());
    for (std::size_t i = 0; i < response.size(); ++i) {
        response[i] = sums.cross[i] / (sums.power[i] + kFloor * mean);
    }
    OverLags const response_at{std::move(response), fourier};
    auto const half = static_cast<std::int64_t>(fourier.size()) / 2;
    double const near = std::abs(response_at.at(response_at.largest(-reach, reach)));
    auto const before = response_at.largest(-half + 1, -reach - 1);
    auto const after = response_at.largest(reach + 1, half - 1);
    auto const best =
        std::abs(response_at.at(before)) > std::abs(response_at.at(after)) ? before : after;
    double energy = 0.0;
    for (auto lag = -half; lag < half; ++lag) {
        bool const is_peak = std::abs(lag) <= reach || std::abs(lag - best) <= reach;
        energy += is_peak ? 0.0 : response_at.at(lag) * response_at.at(lag);
    }
    double const noise = std::sqrt(energy / static_cast<double>(2 * half));
    double const peak = std::abs(response_at.at(best));
    if (peak > kOverNear * near && peak > kOverNoise * noise) {
        reading.far_frames = best;
    }
}

LagReading reading_of(Cross const& sums, std::int64_t reach, InterleavedFourier const& fourier) {
    LagReading reading;
    if (sums.cross.empty() || sums.error <= 0.0) {
        return reading; // it plays nowhere, or nothing is left over
    }
    read_near(reading, sums, OverLags{sums.cross, fourier}, reach);
    read_far(reading, sums, reach, fourier);
    return reading;
}

/// reference - sum of gains * stems
std::vector<float> rest_of(
    std::span<float const> reference,
    std::span<std::vector<float> const> stems,
    std::span<double const> gains
) {
    std::vector<float> rest(reference.size());
    for (std::size_t i = 0; i < rest.size(); ++i) {
        double sum = reference[i];
        for (std::size_t stem = 0; stem < stems.size(); ++stem) {
            sum -= gains[stem] * stems[stem][i];
        }
        rest[i] = static_cast<float>(sum);
    }
    return rest;
}

} // namespace

std::int64_t near_lag_frames(int rate_hz) noexcept {
    return kNearFrames * rate_family(rate_hz);
}

std::int64_t lag_excerpt_frames(int rate_hz, std::size_t stems) noexcept {
    auto const frames = kExcerptFrames * rate_family(rate_hz) / (stems > kManyStems ? 2 : 1);
    return std::min(frames, kExcerptFrames_max);
}

std::vector<LagReading> read_lags(
    std::span<Column const> stems,
    std::span<double const> gains,
    Column const& reference,
    std::span<Excerpt const> excerpts,
    Session const& session,
    Window const& window,
    Backend& backend,
    Run& run
) {
    auto& crew = run.stage_tasks(backend.info().stage_threads);
    auto const frames = lag_excerpt_frames(session.rate_hz, stems.size());
    InterleavedFourier const fourier{static_cast<std::size_t>(frames)};
    std::vector<Cross> sums(stems.size());
    std::vector<std::vector<float>> audio(stems.size() + 1); // the last is the reference's
    for (auto const& excerpt : excerpts) {
        run.check_stop();
        Window const stretch{
            .from_frame = window.from_frame + excerpt.first_frame, .frames = frames};
        crew.for_each(audio.size(), [&](std::size_t i) {
            auto const& column = i < stems.size() ? stems[i] : reference;
            audio[i] = read_stretch(column, session, stretch, backend);
        });
        auto const parts = std::span{audio}.first(stems.size());
        auto const rest = spectrum_of(rest_of(audio.back(), parts, gains), fourier);
        double const error = energy_of(rest);
        crew.for_each(excerpt.columns.size(), [&](std::size_t i) {
            auto const stem = excerpt.columns[i];
            sums[stem].add(spectrum_of(audio[stem], fourier), rest, gains[stem], error);
        });
    }
    std::vector<LagReading> readings(stems.size());
    crew.for_each(stems.size(), [&](std::size_t i) {
        readings[i] = reading_of(sums[i], near_lag_frames(session.rate_hz), fourier);
    });
    return readings;
}

} // namespace stemlathe
