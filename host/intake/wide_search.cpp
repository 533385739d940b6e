#include "host/intake/wide_search.hpp"

#include "host/intake/interleaved_fourier.hpp"
#include "kernels/base/units.hpp"
#include "kernels/resample/resample.hpp"

#include <algorithm>
#include <cmath>
#include <complex>

namespace stemlathe {

namespace {

constexpr int kStep = 8; ///< frames that become one, doubled with each rate family
constexpr std::size_t kTemplate = 65'536;
constexpr std::size_t kTransform = 4 * kTemplate;
constexpr std::size_t kHop = kTransform - kTemplate;

/// A peak stands over the noise of all lags by this, and over the next best by that.
constexpr double kOverNoise = 10.0;

using Samples = std::vector<std::complex<double>>;

/// Both channels as one complex signal, in steps, with its slope in place of itself: bass is
/// everywhere, edges are not.
class Slopes {
  public:
    explicit Slopes(std::size_t step) : step_(step) {}

    void add(std::span<float const> stereo, Samples& out) {
        for (std::size_t i = 0; i + 1 < stereo.size(); i += 2) {
            sum_ += std::complex<double>{stereo[i], stereo[i + 1]};
            if (++count_ == step_) {
                out.push_back(sum_ - last_);
                last_ = sum_;
                sum_ = {};
                count_ = 0;
            }
        }
    }

  private:
    std::size_t step_;
    std::size_t count_ = 0;
    std::complex<double> sum_{};
    std::complex<double> last_{};
};

/// One stem's ten seconds and the best place so far.
struct Search {
    Samples conjugate{}; ///< of its spectrum, tapes turned for correlation
    double best = 0.0;
    std::int64_t at = 0; ///< in steps from the reference's first
    double energy = 0.0; ///< of all correlations
    std::int64_t count = 0;

    void take(Samples const& reference, std::int64_t first, InterleavedFourier const& fourier) {
        Samples values(kTransform);
        for (std::size_t i = 0; i < kTransform; ++i) {
            values[i] = std::conj(product(reference[i], conjugate[i]));
        }
        fourier.transform(values);
        for (std::size_t i = 0; i < kHop; ++i) {
            double const value = std::abs(values[i].real());
            energy += value * value;
            ++count;
            if (value > best) {
                best = value;
                at = first + static_cast<std::int64_t>(i);
            }
        }
    }

    [[nodiscard]] bool is_clear() const {
        return best > kOverNoise * std::sqrt(energy / static_cast<double>(count));
    }
};

Samples spectrum_of_template(
    Wanted const& stem,
    std::size_t step,
    Session const& session,
    Backend& backend,
    InterleavedFourier const& fourier
) {
    Window const window{
        .from_frame = stem.loudest_frame, .frames = static_cast<std::int64_t>(kTemplate * step)};
    Samples samples;
    samples.reserve(kTransform);
    Slopes{step}.add(read_stretch(stem.column, session, window, backend), samples);
    samples.front() = {}; // it had nothing before it
    samples.resize(kTransform);
    fourier.transform(samples);
    std::ranges::transform(samples, samples.begin(), [](auto const& bin) {
        return std::conj(bin);
    });
    return samples;
}

} // namespace

std::vector<std::optional<std::int64_t>> search_widely(
    std::span<Wanted const> stems,
    Column const& reference,
    Session const& session,
    Backend& backend,
    Run& run
) {
    auto& crew = run.stage_tasks(backend.info().stage_threads);
    auto const step = static_cast<std::size_t>(kStep * rate_family(session.rate_hz));
    InterleavedFourier const fourier{kTransform};
    std::vector<Search> searches(stems.size());
    crew.for_each(stems.size(), [&](std::size_t i) {
        searches[i].conjugate = spectrum_of_template(stems[i], step, session, backend, fourier);
    });
    // A template may begin before the reference does, so that zeros come first.
    Samples waiting(kTemplate);
    std::int64_t first = -static_cast<std::int64_t>(kTemplate);
    auto const correlate = [&] {
        Samples values(kTransform);
        std::copy_n(waiting.begin(), std::min(waiting.size(), kTransform), values.begin());
        fourier.transform(values);
        crew.for_each(searches.size(), [&](std::size_t i) {
            searches[i].take(values, first, fourier);
        });
        waiting.erase(
            waiting.begin(),
            waiting.begin() + static_cast<std::ptrdiff_t>(std::min(waiting.size(), kHop))
        );
        first += static_cast<std::int64_t>(kHop);
    };
    Window const whole{
        .from_frame = 0,
        .frames = resampled_frames(
            reference.stem.media.frames,
            {.from_hz = reference.stem.media.rate_hz, .to_hz = session.rate_hz}
        )};
    Slopes slopes{step};
    auto const take = [&](std::span<AudioView const> views) {
        slopes.add(views.front().values(), waiting);
        while (waiting.size() >= kTransform) {
            correlate();
        }
    };
    read_columns(std::span{&reference, 1}, session, whole, take, backend, run);
    while (!waiting.empty()) {
        correlate();
    }
    std::vector<std::optional<std::int64_t>> lags(stems.size());
    for (std::size_t i = 0; i < stems.size(); ++i) {
        if (searches[i].is_clear()) {
            lags[i] = searches[i].at * static_cast<std::int64_t>(step) - stems[i].loudest_frame;
        }
    }
    return lags;
}

} // namespace stemlathe
