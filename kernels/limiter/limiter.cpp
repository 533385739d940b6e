#include "kernels/base/range.hpp"
#include "kernels/base/units.hpp"
#include "kernels/limiter/limiter_math.hpp"

#include <algorithm>
#include <cmath>

namespace stemlathe::limiter {

namespace {

void require_valid(LimiterSettings const& settings) {
    require_in_range("limiter: rate_hz", settings.rate_hz, 8000, 384'000);
    require_in_range("limiter: drive_db", settings.drive_db, -120, 120);
    require_in_range("limiter: ceiling_dbtp", settings.ceiling_dbtp, -60, 0);
    require_in_range("limiter: trim_db", settings.trim_db, -0.25, 0);
    require_in_range("limiter: lookahead_ms", settings.lookahead_ms, 0.5, 10);
    require_in_range("limiter: fast release_ms", settings.fast_release_ms, 1, 5000);
    require_in_range(
        "limiter: slow release_ms", settings.slow_release_ms, settings.fast_release_ms, 20'000
    );
}

/// A box `widths[i] + 1` wide smoothed by the next one, and so on.
std::vector<double> stacked_boxes(std::vector<std::int64_t> const& widths) {
    std::vector<double> weights{1.0};
    for (auto const width : widths) {
        std::vector<double> wider(weights.size() + static_cast<std::size_t>(width), 0.0);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            for (std::size_t k = 0; k <= static_cast<std::size_t>(width); ++k) {
                wider[i + k] += weights[i] / static_cast<double>(width + 1);
            }
        }
        weights = std::move(wider);
    }
    return weights;
}

/// Widths in the proportions that put the nulls of three boxes where side lobes would be highest.
/// Source: Signalsmith Audio, dsp library, envelopes.h (BoxStackFilter), 2021.
std::vector<double> smoothing_weights(std::int64_t reach) {
    auto const total = static_cast<double>(2 * reach);
    auto const widest = std::llround(0.4041 * total);
    auto const middle = std::llround(0.3349 * total);
    return stacked_boxes({widest, middle, 2 * reach - widest - middle});
}

} // namespace

Plan make_plan(LimiterSettings const& settings) {
    require_valid(settings);
    constexpr double kHeadroom = 1.0 - 1e-6; // more than the gain's own rounding
    double const drive = gain_from_db(settings.drive_db);
    double const target = gain_from_db(settings.ceiling_dbtp) * kHeadroom / drive;
    double const controls_per_ms = settings.rate_hz / 1000.0 / kControlFrames;
    // Hold and smoothing each reach as far, so the gain begins to fall a look-ahead before a peak.
    auto const reach =
        std::max<std::int64_t>(1, std::llround(0.5 * settings.lookahead_ms * controls_per_ms));
    return {
        .gain = static_cast<float>(drive * gain_from_db(settings.trim_db)),
        .target = static_cast<float>(target),
        .search_level = static_cast<float>(target * gain_from_db(-kScreenMargin_db)),
        .fast = one_pole(settings.fast_release_ms * controls_per_ms, kLaneControls),
        .slow = one_pole(settings.slow_release_ms * controls_per_ms, kLaneControls),
        .reach = reach,
        .weights = smoothing_weights(reach),
        .has_key = settings.external_key};
}

} // namespace stemlathe::limiter
