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

struct Power {
    double of_a = 0.0;
    double of_difference = 0.0;
};

/// Mean squares over both channels.
Power power_of(std::span<float const> a, std::span<float const> b, double gain) {
    Power power;
    for (std::size_t i = 0; i < a.size(); ++i) {
        double const difference = a[i] - gain * b[i];
        power.of_a += static_cast<double>(a[i]) * a[i];
        power.of_difference += difference * difference;
    }
    power.of_a /= static_cast<double>(a.size());
    power.of_difference /= static_cast<double>(a.size());
    return power;
}

bool has_changed(Power const& power) {
    double const difference_db = db_from_power(power.of_difference);
    return difference_db > kChangedFloor_dbfs &&
           difference_db > db_from_power(power.of_a) + kChanged_db;
}

void add_stretch(std::vector<Stretch>& changed, Stretch const& window) {
    if (!changed.empty() && window.start_s - changed.back().end_s < kJoin_s) {
        changed.back().end_s = window.end_s;
    } else {
        changed.push_back(window);
    }
}

void measure_difference(
    FrameSource& a, FrameSource& b, Comparison& comparison, std::stop_token const& stop
) {
    auto const rate_hz = static_cast<double>(a.info().rate_hz);
    auto const window = frames_from_seconds(kWindow_s, rate_hz);
    auto const frames = std::max(a.info().frames, b.info().frames - comparison.offset_samples);
    double const gain = gain_from_db(comparison.gain_db);
    std::vector<float> of_a(static_cast<std::size_t>(window) * 2);
    std::vector<float> of_b(of_a.size());
    Power whole;
    for (std::int64_t at = 0; at < frames; at += window) {
        check_stop(stop);
        a.read(at, of_a);
        b.read(at + comparison.offset_samples, of_b);
        auto const power = power_of(of_a, of_b, gain);
        whole.of_a += power.of_a;
        whole.of_difference += power.of_difference;
        if (has_changed(power)) {
            auto const end = std::min(at + window, frames);
            add_stretch(
                comparison.changed,
                {static_cast<double>(at) / rate_hz, static_cast<double>(end) / rate_hz}
            );
        }
    }
    if (whole.of_a > 0.0) {
        comparison.residual_db = whole.of_difference > 0.0
                                     ? db_from_power(whole.of_difference / whole.of_a)
                                     : kSilence_db;
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
    measure_difference(source_a, source_b, comparison, stop);
    return comparison;
}

} // namespace stemlathe
