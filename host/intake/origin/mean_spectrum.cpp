#include "host/intake/origin/mean_spectrum.hpp"

#include "host/intake/origin/blackman_harris.hpp"
#include "kernels/base/units.hpp"

#include <algorithm>
#include <cmath>

namespace stemlathe {

namespace {

constexpr std::int64_t kWindowsMax = 64;
constexpr double kQuietest = 1e-7; // mean square of a window that counts: -70 dBFS

std::int64_t frames_of_window(int rate_hz) {
    constexpr std::int64_t kFrames = 4096; // at 44.1 and 48 kHz
    return kFrames * rate_family(rate_hz);
}

} // namespace

double MeanSpectrum::median_db(double from_hz, double to_hz) const {
    auto const index = [&](double hz) {
        return std::clamp<std::ptrdiff_t>(std::lround(hz / bin_hz), 0, std::ssize(powers));
    };
    if (powers.empty() || index(to_hz) <= index(from_hz)) {
        return kSilence_db;
    }
    std::vector<double> band(powers.begin() + index(from_hz), powers.begin() + index(to_hz));
    auto const middle = band.begin() + std::ssize(band) / 2;
    std::ranges::nth_element(band, middle);
    return db_from_power(*middle);
}

SpectrumAverager::SpectrumAverager(int rate_hz, std::int64_t frames)
    : rate_hz_(rate_hz),
      size_(frames_of_window(rate_hz)),
      windows_(std::min(kWindowsMax, frames / size_)),
      last_start_(std::max<std::int64_t>(frames - size_, 0)),
      fourier_(static_cast<std::size_t>(size_)),
      shape_(blackman_harris(fourier_.size())),
      left_(static_cast<std::size_t>(size_)),
      right_(static_cast<std::size_t>(size_)),
      sums_(static_cast<std::size_t>(size_ / 2)) {}

/// From the first frame to the last: windows do not overlap, since there are no more than fit.
std::int64_t SpectrumAverager::window_start(std::int64_t window) const noexcept {
    return windows_ > 1 ? last_start_ / (windows_ - 1) * window : 0;
}

void SpectrumAverager::process(StemFrames const& frames) {
    is_mono_ = frames.right.empty();
    auto const end = frames.first_frame + std::ssize(frames.left);
    while (next_ < windows_) {
        auto const start = window_start(next_);
        if (start + filled_ < frames.first_frame) { // its beginning was never there
            ++next_;
            filled_ = 0;
            continue;
        }
        auto const to = std::min(end, start + size_);
        if (to <= start + filled_) {
            return;
        }
        take(frames, start + filled_, to);
        if (filled_ < size_) {
            return;
        }
        add_window();
        ++next_;
        filled_ = 0;
    }
}

/// Frames [from, to) of the file go to the window.
void SpectrumAverager::take(StemFrames const& frames, std::int64_t from, std::int64_t to) {
    auto const first = static_cast<std::size_t>(from - frames.first_frame);
    auto const count = static_cast<std::size_t>(to - from);
    std::ranges::copy(frames.left.subspan(first, count), left_.begin() + filled_);
    if (!is_mono_) {
        std::ranges::copy(frames.right.subspan(first, count), right_.begin() + filled_);
    }
    filled_ += to - from;
}

void SpectrumAverager::add_window() {
    float square = 0.0F;
    for (std::size_t n = 0; n < left_.size(); ++n) {
        square += left_[n] * left_[n] + right_[n] * right_[n];
        left_[n] *= shape_[n];
        right_[n] *= shape_[n];
    }
    if (!(square > kQuietest * static_cast<double>(size_))) {
        return;
    }
    // Left as real and right as imaginary part: |L|^2 + |R|^2 is half of what stands at k and -k.
    fourier_.transform(left_, right_);
    for (std::size_t k = 1; k < sums_.size(); ++k) {
        std::size_t const mirrored = left_.size() - k;
        sums_[k] += left_[k] * left_[k] + right_[k] * right_[k] +
                    left_[mirrored] * left_[mirrored] + right_[mirrored] * right_[mirrored];
    }
    ++counted_;
    if (is_mono_) {
        std::ranges::fill(right_, 0.0F);
    }
}

MeanSpectrum SpectrumAverager::mean() const {
    if (counted_ == 0) {
        return {};
    }
    double shape_square = 0.0;
    for (float const weight : shape_) {
        shape_square += static_cast<double>(weight) * weight;
    }
    double const channels = is_mono_ ? 1.0 : 2.0;
    double const scale = 1.0 / (static_cast<double>(size_) * shape_square * channels * counted_);
    MeanSpectrum spectrum{
        .powers = sums_,
        .bin_hz = static_cast<double>(rate_hz_) / static_cast<double>(size_),
        .windows = counted_};
    for (double& power : spectrum.powers) {
        power *= scale;
    }
    return spectrum;
}

} // namespace stemlathe
