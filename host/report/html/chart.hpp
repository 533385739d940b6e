#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace stemlathe::html {

/// How many colours the style sheet has for series; more take the first ones again.
inline constexpr std::size_t kSeriesColours = 8;

/// Values over time, evenly spaced from 0 s on.
struct Series {
    std::string name{};
    std::string note{};  ///< what the legend says beside it, "max 3.2 dB"
    std::string style{}; ///< a class of the style sheet: "s1" .. "s8" or "mix"
    std::vector<float> values{};
    double step_s = 0.1;
};

struct ValueAxis {
    double top = 1.0; ///< the value at the upper edge; may be the smaller one
    double bottom = 0.0;
    double tick = 1.0; ///< > 0; top and bottom are multiples of it
    std::string unit{};
};

/// Lines over one time axis, with a legend. The drawing is SVG that stretches with the page; labels
/// are text beside it, so that they stay readable on a phone.
/// @param description  what a screen reader says instead of the picture
[[nodiscard]] std::string line_chart(
    std::vector<Series> const& series,
    ValueAxis const& axis,
    double duration_s,
    std::string const& description
);

/// One lane per series of positive values, filled from 0 dB at the top downwards, as a
/// gain-reduction meter shows it; all lanes share the scale 0..`depth_db` and one time axis.
[[nodiscard]] std::string lane_chart(
    std::vector<Series> const& series,
    double depth_db,
    double tick_db,
    double duration_s,
    std::string const& description
);

} // namespace stemlathe::html
