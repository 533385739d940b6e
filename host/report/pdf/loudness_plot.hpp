#pragma once

#include "host/loudness/meter.hpp"
#include "host/report/pdf/flow.hpp"

#include <optional>

namespace stemlathe::pdf {

/// What the plot is read against.
struct PlotLimits {
    std::optional<double> target_lufs = std::nullopt;
    std::optional<double> true_peak_dbtp = std::nullopt;
};

inline constexpr double kPlotHeight = 132.0;

/// Loudness over three seconds and peaks over time on one scale of dB, the highest true peak of
/// each channel marked where it lies.
void draw_loudness_plot(Flow& flow, LoudnessReading const& reading, PlotLimits const& limits);

} // namespace stemlathe::pdf
