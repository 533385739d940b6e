#pragma once

#include "host/report/report.hpp"

#include <string>

namespace stemlathe::html {

/// How long the pictures' time axis is: what was rendered, else the song.
[[nodiscard]] double shown_s(MasteringReport const& report);

/// Times under a picture, at most nine of them, placed in per cent of its width.
[[nodiscard]] std::string time_labels(double duration_s);

/// Thin vertical lines at those times, for a drawing of `width` x `height` units.
[[nodiscard]] std::string time_lines(double duration_s, double width, double height);

/// The stretch of the song that pictures show: all of it, or a preview.
struct TimeAxis {
    double from_s = 0.0;
    double duration_s = 0.0;
};

[[nodiscard]] TimeAxis time_axis(MasteringReport const& report);

/// Where a moment of the song lies on the axis, 0 .. 100 per cent of its width.
[[nodiscard]] double percent_of(double seconds, TimeAxis const& axis);

} // namespace stemlathe::html
