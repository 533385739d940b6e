#include "host/compare/compare.hpp"

#include "host/compare/correlation.hpp"
#include "host/compare/frames.hpp"
#include "host/loudness/meter.hpp"
#include "kernels/base/failure.hpp"
#include "kernels/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stemlathe {

namespace {

constexpr double kWindow_s = 0.1;
constexpr double kJoin_s = 0.5; ///< changes nearer to each other than this are one stretch
constexpr double kMaxLag_s = 1.0;
constexpr double kExcerpt_s = 30.0;

void check_stop(std::stop_token const& stop) {
    if (stop.stop_requested()) {
        throw Failure{Code::cancelled, "stopped on request"};
    }
}

/// The sum of both channels, from the first frame on.
std::vector<float> excerpt(FrameSource& source, std::int64_t first_frame, std::int64_t frames) {
    std::vector<float> stereo(static_cast<std::size_t>(frames) * 2);
    source.read(first_frame, stereo);
    std::vector<float> sum(static_cast<std::size_t>(frames));
    for (std::size_t i = 0; i < sum.size(); ++i) {
        sum[i] = stereo[2 * i] + stereo[2 * i + 1];
    }
    return sum;
}

std::int64_t offset_between(FrameSource& a, FrameSource& b) {
    int const rate_hz = a.info().rate_hz;
    auto const max_lag = frames_from_seconds(kMaxLag_s, rate_hz);
    auto const frames = std::min(a.info().frames, frames_from_seconds(kExcerpt_s, rate_hz));
    auto const first = (a.info().frames - frames) / 2;
    auto const of_a = excerpt(a, first, frames);
    auto const of_b = excerpt(b, first - max_lag, frames + 2 * max_lag);
    // b's excerpt begins max_lag early: a lag of max_lag in it is none.
    return best_lag(of_a, of_b, 2 * max_lag) - max_lag;
}

/// Sums over one window, both channels.
struct Products {
    double aa = 0.0;
    double ab = 0.0;
    double bb = 0.0;

    /// Of (a - gain b)^2.
    [[nodiscard]] double difference(double gain) const {
        return std::max(0.0, aa - 2.0 * gain * ab + gain * gain * bb);
    }
};

Products products_of(std::span<float const> a, std::span<float const> b) {
    Products sums;
    for (std::size_t i = 0; i < a.size(); ++i) {
        double const x = a[i];
        double const y = b[i];
        sums.aa += x * x;
        sums.ab += x * y;
        sums.bb += y * y;
    }
    return sums;
}

/// The gain on B that brings most windows nearest to A: a change in some of them does not move it,
/// as it moves the loudness.
double common_gain(std::vector<Products> const& windows, double otherwise) {
    std::vector<double> gains;
    for (auto const& window : windows) {
        if (window.aa > 0.0 && window.bb > 0.0) {
            gains.push_back(window.ab / window.bb);
        }
    }
    if (gains.empty()) {
        return otherwise;
    }
    auto const middle = gains.begin() + static_cast<std::ptrdiff_t>(gains.size() / 2);
    std::ranges::nth_element(gains, middle);
    return *middle;
}

bool has_changed(Products const& window, double gain, double values) {
    double const difference_db = db_from_power(window.difference(gain) / values);
    return difference_db > kChangedFloor_dbfs &&
           difference_db > db_from_power(window.aa / values) + kChanged_db;
}

void add_stretch(std::vector<ChangedStretch>& changed, ChangedStretch const& window) {
    if (!changed.empty() && window.start_s - changed.back().end_s < kJoin_s) {
        changed.back().end_s = window.end_s;
    } else {
        changed.push_back(window);
    }
}

/// The windows of A, and of what lies in step with them in B, until both have ended.
std::vector<Products> windows_of(
    FrameSource& a,
    FrameSource& b,
    std::int64_t offset,
    std::int64_t window_frames,
    std::stop_token const& stop
) {
    auto const frames = std::max(a.info().frames, b.info().frames - offset);
    std::vector<float> of_a(static_cast<std::size_t>(window_frames) * 2);
    std::vector<float> of_b(of_a.size());
    std::vector<Products> windows;
    for (std::int64_t at = 0; at < frames; at += window_frames) {
        check_stop(stop);
        a.read(at, of_a);
        b.read(at + offset, of_b);
        windows.push_back(products_of(of_a, of_b));
    }
    return windows;
}

void measure_difference(
    std::vector<Products> const& windows, double window_frames, double rate_hz, Comparison& out
) {
    double const matched = gain_from_db(out.gain_db);
    double const common = common_gain(windows, matched);
    double of_a = 0.0;
    double of_difference = 0.0;
    for (std::size_t i = 0; i < windows.size(); ++i) {
        of_a += windows[i].aa;
        of_difference += windows[i].difference(matched);
        if (has_changed(windows[i], common, 2.0 * window_frames)) {
            double const start_s = static_cast<double>(i) * window_frames / rate_hz;
            add_stretch(out.changed, {start_s, start_s + window_frames / rate_hz});
        }
    }
    if (of_a > 0.0) {
        out.residual_db = of_difference > 0.0 ? db_from_power(of_difference / of_a) : kSilence_db;
    }
}

} // namespace

Comparison compare_files(
    std::filesystem::path const& a, std::filesystem::path const& b, std::stop_token const& stop
) {
    FrameSource source_a{a};
    FrameSource source_b{b};
    if (source_a.info().rate_hz != source_b.info().rate_hz) {
        throw Failure{
            Code::invalid_argument,
            fmt::format(
                "{} has {} Hz and {} has {} Hz; only renders of one sample rate can be compared",
                a.string(),
                source_a.info().rate_hz,
                b.string(),
                source_b.info().rate_hz
            )}
            .about_file(b.string());
    }
    Comparison comparison;
    comparison.lufs_a = measure_file(a, stop).integrated_lufs;
    comparison.lufs_b = measure_file(b, stop).integrated_lufs;
    if (comparison.lufs_a && comparison.lufs_b) {
        comparison.gain_db = *comparison.lufs_a - *comparison.lufs_b;
    }
    comparison.offset_samples = offset_between(source_a, source_b);
    double const rate_hz = source_a.info().rate_hz;
    auto const window = frames_from_seconds(kWindow_s, rate_hz);
    auto const windows = windows_of(source_a, source_b, comparison.offset_samples, window, stop);
    measure_difference(windows, static_cast<double>(window), rate_hz, comparison);
    comparison.bands =
        band_differences(source_a, source_b, comparison.offset_samples, comparison.gain_db, stop);
    return comparison;
}

} // namespace stemlathe
